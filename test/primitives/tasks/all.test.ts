import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { all, allSettled, any, createTask, race, takeReport } from '../../../src/index.ts';
import { recordMessages } from '../../support/messages.ts';
import { after, failAfter, follow, never, pass, words } from '../../support/settled.ts';
import { expectNoTimersLeft, rejection } from '../../support/turn.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(expectNoTimersLeft);

type Combine = (given: readonly unknown[]) => Promise<unknown>;

// oxlint-disable-next-line unicorn/no-thenable -- a foreign thenable is what is tested
const thenable = { then: (resolve: (value: string) => void) => resolve('foreign') };

/** The members by name, made anew each time. */
const inputs: Record<string, () => unknown[]> = {
  nothing: () => [],
  values: () => [1, 'a', null],
  promises: () => [Promise.resolve(1), after(5, 2)()],
  'a thenable': () => [thenable],
  'a failure among values': () => [failAfter(5, 'no')(), after(10, 1)()],
  'a late failure': () => [failAfter(10, 'no')(), after(5, 1)()],
  failures: () => [failAfter(10, 'a')(), failAfter(5, 'b')()],
  tasks: () => [createTask(after(5, 1)), createTask(after(10, 2))],
};

describe.each<[string, Combine, Combine]>([
  ['all', (given) => all(given), (given) => Promise.all(given)],
  ['allSettled', (given) => allSettled(given), (given) => Promise.allSettled(given)],
  ['race', (given) => race(given), (given) => Promise.race(given)],
  ['any', (given) => any(given), (given) => Promise.any(given)],
])('%s', (name, ours, native) => {
  test.each(Object.keys(inputs).filter((input) => name !== 'race' || input !== 'nothing'))(
    'of %s comes to what the native one comes to, at the same time',
    async (input) => {
      const make = inputs[input] as () => unknown[];
      const ends = [follow(ours(make())), follow(native(make()))];
      const seen: string[][] = [];
      for (const ms of [0, 5, 5]) {
        await pass(ms);
        seen.push(ends.map(({ outcome }) => outcome));
      }
      expect(seen.map(([first]) => first)).toEqual(seen.map(([, second]) => second));
      expect(ends[0]?.outcome).not.toBe('pending');
    },
  );

  test('is parked once, whatever the number of its members, which the report names', async () => {
    const { stop } = recordMessages();
    const members = [createTask(after(10, 1), { name: 'load' }), after(10, 2)(), after(10, 3)()];
    const outer = createTask(async () => ours(members), { name: 'outer' });
    await pass(0);
    const waits = takeReport().tasks.find(({ id }) => id === outer.id)?.waits;
    expect(waits?.map(({ kind, on, part }) => [kind, on?.name, part])).toEqual(
      [0, 1, 2].map((index) => [
        'await',
        index === 0 ? 'load' : undefined,
        { of: name, index, count: 3, any: name === 'race' || name === 'any' },
      ]),
    );
    await pass(10);
    expect(stop().filter((line) => line.includes('outer'))).toEqual([
      'task outer created',
      'outer waits to await',
      'outer waited to await',
      'task outer fulfilled',
    ]);
  });

  test('a cancellation goes on to the tasks among its members', async () => {
    const member = createTask(after(1000, 1));
    const outer = createTask(async () => ours([member, never()]));
    await pass(0);
    outer.cancel();
    await pass(0);
    expect([outer.cancelled, member.cancelled]).toEqual([true, true]);
  });

  test('a cancellation ends the wait for promises alone', async () => {
    const outer = createTask(async () => ours([never(), never()]));
    await pass(0);
    outer.cancel();
    await pass(0);
    expect(outer.cancelled).toBe(true);
  });

  test('takes an iterable', async () => {
    expect(words(await rejection(ours(5 as never)))).toBe(
      `ArgumentError: ${name} takes an array or another iterable, got 5`,
    );
  });
});

test('race of nothing never ends, but by a cancellation', async () => {
  const outer = createTask(async () => race([]));
  await pass(10);
  expect(outer.done).toBe(false);
  outer.cancel();
  await pass(0);
  expect(outer.cancelled).toBe(true);
});

test('a loser of a race that fails later is no unhandled rejection', async () => {
  const end = follow(race([after(1, 'first')(), failAfter(2, 'late')()]));
  await pass(5);
  expect(end.outcome).toBe('value "first"');
});
