import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { poolShapes, poolSteps, tryPool } from '../support/pool-model.ts';
import { expectNoTimersLeft } from '../support/turn.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(expectNoTimersLeft);

test('whatever happens, nothing is lost, lent twice or too many, and all who ask are served or told', async () => {
  const found = await fc.check(
    fc.asyncProperty(poolShapes, poolSteps, (shape, script) => tryPool(shape, script)),
    { numRuns: 150 },
  );
  expect(found.failed ? fc.defaultReportMessage(found) : '').toBe('');
});
