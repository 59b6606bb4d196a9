import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { blows, calm, judge, programs, wild } from '../../support/random-programs.ts';
import { expectNoTimersLeft } from '../../support/turn.ts';

const runs = process.env['CI'] === undefined ? 250 : 1500;

beforeEach(() => void vi.useFakeTimers());
afterEach(expectNoTimersLeft);

test('whatever is cancelled in whatever turn, everything ends once, holds nothing and is heard of', async () => {
  const property = fc.asyncProperty(programs(wild), blows, async (program, hits) => {
    const { wrong, main } = await judge(program, hits);
    expect([wrong, main.done]).toEqual([[], true]);
  });
  await expect(fc.assert(property, { numRuns: runs })).resolves.toBe(undefined);
});

test('one cancellation of the main task cleans everything up, and disturbs no clean-up', async () => {
  const moment = fc.record({ at: fc.integer({ min: 0, max: 15 }), hops: fc.nat(6), whom: fc.constant(0) });
  const property = fc.asyncProperty(programs(calm, ['sleep']), moment, async (program, hit) => {
    const { wrong, disturbed, main } = await judge(program, [hit]);
    const isCancelled = main.cancelling() > 0 && main.settlement?.outcome !== 'fulfilled';
    expect([wrong, disturbed, main.settlement?.outcome]).toEqual([[], 0, isCancelled ? 'cancelled' : 'fulfilled']);
  });
  await expect(fc.assert(property, { numRuns: runs })).resolves.toBe(undefined);
});
