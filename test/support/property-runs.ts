// Tries properties with fake timers: often where a machine has the time, and less often while somebody waits for it.
import * as fc from 'fast-check';
import { expect, vi } from 'vitest';

// What is tried is our own code: the version of Node matters little.
const inCi = process.version.startsWith('v24.') ? 2000 : 500;

/** Runs of each property. */
const propertyRuns = process.env['CI'] === undefined ? 300 : inCi;

/** Holds whatever is tried; timers are fake meanwhile, and are left so. */
export async function expectProperty<Values>(property: fc.IAsyncProperty<Values>): Promise<void> {
  vi.useFakeTimers();
  await expect(fc.assert(property, { numRuns: propertyRuns })).resolves.toBe(undefined);
}
