import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { queueKinds } from '../../support/queue-kinds.ts';
import { compareWithModel, steps } from '../../support/queue-model.ts';
import { simulate, simulations } from '../../support/queue-simulation.ts';
import { expectNoTimersLeft } from '../../support/turn.ts';

// In CI 10,000 runs against the model and 4,000 of producers and consumers; the time in them is virtual.
const runs = process.env['CI'] === undefined ? { model: 600, simulation: 250 } : { model: 2500, simulation: 1000 };

beforeEach(() => void vi.useFakeTimers());
afterEach(expectNoTimersLeft);

test.each(queueKinds)('whatever happens in whatever order, a $kind does what its model does', async (kind) => {
  const property = fc.asyncProperty(fc.constantFrom(1, 2, 3, Infinity), steps, async (maxsize, script) =>
    compareWithModel(kind, maxsize, script),
  );
  await expect(fc.assert(property, { numRuns: runs.model })).resolves.toBe(undefined);
});

test.each(queueKinds)(
  'producers and consumers of a $kind that give up at any moment lose and double no item',
  async (kind) => {
    const property = fc.asyncProperty(simulations, async (simulation) => simulate(kind, simulation));
    await expect(fc.assert(property, { numRuns: runs.simulation })).resolves.toBe(undefined);
  },
);
