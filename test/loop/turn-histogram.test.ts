import { array, assert, double, property } from 'fast-check';
import { expect, test } from 'vitest';
import { TurnHistogram } from '../../src/loop/turn-histogram.ts';

/** The delay of a random moment, from the turns one by one: Σ max(0, turn − x) / T is the share that waits longer. */
function exceeded(turns: readonly number[], delayMs: number): number {
  return turns.reduce((sum, turn) => sum + Math.max(0, turn - delayMs), 0);
}

test('nothing measured is no delay', () => {
  expect(new TurnHistogram().delay(1000)).toEqual({ p50Ms: 0, p99Ms: 0, maxMs: 0, meanMs: 0 });
  expect(new TurnHistogram().delay(0)).toEqual({ p50Ms: 0, p99Ms: 0, maxMs: 0, meanMs: 0 });
});

test('turns of equal length are exact', () => {
  const histogram = new TurnHistogram();
  histogram.add(50, 20); // of 10 s: 10 % busy, so 1 % waits longer than nine tenths of a turn
  expect(histogram.delay(10_000)).toEqual({ p50Ms: 0, p99Ms: 45, maxMs: 50, meanMs: 2.5 });
});

test('whatever the turns, percentiles are within a bucket of the truth, and longest and mean are exact', () => {
  const length = double({ min: 2 ** -9, max: 1e7, noNaN: true });
  const idleMs = double({ min: 0, max: 1e6, noNaN: true });
  assert(
    property(array(length, { minLength: 1, maxLength: 100 }), idleMs, (turns, idle) => {
      const totalMs = turns.reduce((sum, turn) => sum + turn, 0) + idle;
      const histogram = new TurnHistogram();
      for (const turn of turns) histogram.add(turn);
      const { p50Ms, p99Ms, maxMs, meanMs } = histogram.delay(totalMs);
      expect(maxMs).toBe(Math.max(...turns));
      expect(meanMs / (turns.reduce((sum, turn) => sum + turn ** 2 / 2, 0) / totalMs)).toBeCloseTo(1, 9);
      for (const [delayMs, share] of [
        [p50Ms, 0.5],
        [p99Ms, 0.01],
      ] as const) {
        // turns that count as long as their bucket's mean are up to an eighth longer, and together as long
        const least = delayMs > 0 ? share : 0;
        expect(exceeded(turns, delayMs) / totalMs).toBeGreaterThan(least - 1e-9);
        expect(exceeded(turns, delayMs * 1.125) / totalMs).toBeLessThan(share * 1.125 + 1e-9);
      }
    }),
  );
});

test('a copy goes its own way', () => {
  const histogram = new TurnHistogram();
  histogram.add(5);
  histogram.copy().add(100);
  expect(histogram.delay(10).maxMs).toBe(5);
});

test('what is beyond a length is the sum of what turns took more than that', () => {
  const histogram = new TurnHistogram();
  histogram.add(50, 20);
  histogram.add(2, 100);
  expect([0, 2, 10, 50, 60].map((x) => histogram.beyond(x))).toEqual([1200, 960, 800, 0, 0]);
});
