import { expect, test, vi } from 'vitest';
import { now, wallTime } from '../../../src/runtime/clock.ts';

let stepMs = 0;
const wallNow = Date.now;
vi.spyOn(Date, 'now').mockImplementation(() => wallNow() + stepMs);
const { SpanTime } = await import('../../../src/subscribers/spans/span-time.ts');

const time = new SpanTime();

/** How far the time of a moment is from what the runtime clock makes of it. */
function correction(moment: number): number {
  return Math.round(time.follow(moment) - wallTime(moment));
}

test('a moment that lies back, as of a process that lost the processor meanwhile, is no step of the wall clock', () => {
  const before = correction(now());
  expect([correction(now() - 200), correction(now())]).toEqual([before, before]);
});

test('a wall clock that was set is followed, there and back', async () => {
  const before = correction(now());
  for (const step of [3_600_000, 0]) {
    stepMs = step;
    await expect.poll(() => Math.abs(correction(now()) - before - step), { timeout: 10_000 }).toBeLessThan(100);
  }
});
