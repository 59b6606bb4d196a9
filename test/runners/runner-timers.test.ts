// Timers of a length, in the rings in which Node keeps them.
import { expect, onTestFinished, test } from 'vitest';
import { countVitestTimers, sinceLastTimer } from '../../src/runners/runner-timers.ts';

function set(make: () => NodeJS.Timeout): NodeJS.Timeout {
  const timer = make();
  onTestFinished(() => clearTimeout(timer));
  return timer;
}

const nothing = (): void => {};

test('the timers that vitest may have are those of its length that fire once', () => {
  const before = countVitestTimers();
  set(() => setTimeout(nothing, 100));
  set(() => setTimeout(nothing, 100));
  expect(countVitestTimers() - before).toBe(2);
  set(() => setTimeout(nothing, 101));
  set(() => setInterval(nothing, 100));
  set(() => setTimeout(nothing, 100).unref());
  expect(countVitestTimers() - before).toBe(2);
});

test('a timer of a runner is known by its length, and since when it runs', async () => {
  expect(sinceLastTimer(12_345)).toBe(0);
  const begun = performance.now();
  const timer = set(() => setTimeout(nothing, 12_345));
  await new Promise((resolve) => void setTimeout(resolve, 30));
  expect(sinceLastTimer(12_345)).toBeGreaterThanOrEqual(29);
  expect(sinceLastTimer(12_346)).toBe(0);
  const younger = set(() => setTimeout(nothing, 12_345));
  expect(sinceLastTimer(12_345)).toBeLessThanOrEqual(performance.now() - begun - 28);
  for (const each of [timer, younger]) clearTimeout(each);
  expect(sinceLastTimer(12_345)).toBe(0);
});
