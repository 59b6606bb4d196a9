// How late intervals fire, as Node's own timers say, in a process whose loop is busy.
import { expect, test } from 'vitest';
import type { IntervalEntry, Remembered } from '../../src/report/history.ts';
import { program, startNode } from '../support/cli.ts';

test('intervals are measured by what they call, without a trace in them', async () => {
  const { stdout, stderr } = await startNode([program('handles/late-interval.ts')]).outcome;
  const { entries } = JSON.parse(stdout) as Remembered<IntervalEntry>;
  const seen = entries.map(({ everyMs, calls, at }) => `${everyMs} ${calls?.function} ${calls?.line} ${at === null}`);
  // A bound function is where that begins which it was made of.
  expect([seen.toSorted(), stderr]).toEqual([['100  13 true', '100 tick 5 true', '150 tick 5 true'], '']);
  for (const { ticks, late } of entries) {
    // A tick is late by what is left of a turn of 70 ms, by more where the machine is busy.
    expect(ticks).toBeGreaterThanOrEqual(5);
    expect(late.p50Ms).toBeGreaterThan(5);
    expect(late.maxMs).toBeGreaterThanOrEqual(late.p50Ms);
  }
});
