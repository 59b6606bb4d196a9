// When what costs is done: the shares of time and of processor time on which it decides.
import { expect, test } from 'vitest';
import { Chance } from '../../src/recorder/chance.ts';
import { Sparing } from '../../src/recorder/sparing.ts';

const lookEveryMs = 25;
const share = 0.02;

interface Outcome {
  /** Of the processor time of the thread. */
  readonly spent: number;
  /** Of the time. */
  readonly on: number;
  /** At which looks it began, but for the first. */
  readonly begins: readonly number[];
}

/** A thread that works for a part of the time, and what is done costs a part of that while it is done. */
function simulate(seconds: number, busy: number, cost: number, seed = 42): Outcome {
  let at = 0;
  let threadMs = 0;
  let spentMs = 0;
  let onMs = 0;
  let isOn = true;
  const begins: number[] = [];
  const sparing = new Sparing(
    share,
    () => threadMs,
    () => at,
    new Chance(seed),
  );
  const looks = (seconds * 1000) / lookEveryMs;
  for (let look = 0; look < looks; look++) {
    at += lookEveryMs;
    threadMs += lookEveryMs * busy;
    const costMs = isOn ? lookEveryMs * busy * cost : 0;
    spentMs += costMs;
    onMs += isOn ? lookEveryMs : 0;
    sparing.spend(costMs);
    if (isOn) isOn = !sparing.isSpent();
    else if (sparing.isWorth()) {
      isOn = true;
      begins.push(look);
    }
  }
  return { spent: spentMs / threadMs, on: onMs / at, begins };
}

test('what costs 2 % of the work is done all the time', () => {
  expect(simulate(60, 1, 0.02)).toMatchObject({ on: 1, begins: [] });
});

test('what costs more is done for as long as 2 % of the work pay for, at moments that chance decides', () => {
  const { spent, on, begins } = simulate(60, 1, 0.3);
  const pauses = begins.map((look, index) => look - (begins[index - 1] ?? 0)).slice(1);
  expect({
    spent: spent > 0.015 && spent < 0.03,
    on: on > 0.05 && on < 0.1,
    areAlike: new Set(pauses).size < 5,
    areOften: begins.length > 60,
  }).toEqual({ spent: true, on: true, areAlike: false, areOften: true });
});

test('a short run is seen whole, and a thread that does little, whatever it costs of that', () => {
  expect([simulate(0.2, 0.3, 0.3).on, simulate(60, 0.01, 0.3).on]).toEqual([1, 1]);
});
