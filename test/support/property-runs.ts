// Tries properties with fake timers: often where a machine has the time, and less often while somebody waits for it.
import * as fc from 'fast-check';
import { vi } from 'vitest';
import { isMainVersion } from './main-version.ts';

// What is tried is our own code: the version of Node matters little.
const inCi = isMainVersion ? 2000 : 500;

/** Runs of each property. */
const propertyRuns = process.env['CI'] === undefined ? 300 : inCi;

/** True if a property holds whatever is tried, and throws what fast-check found. Timers are fake then, and are left so. */
export async function holds<Values>(property: fc.IAsyncProperty<Values>): Promise<true> {
  vi.useFakeTimers();
  await fc.assert(property, { numRuns: propertyRuns });
  return true;
}
