import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { asCompleted, createTask, type Task } from '../../../src/index.ts';
import { recordMessages } from '../../support/messages.ts';
import { after, failAfter, follow, never, pass, words } from '../../support/settled.ts';
import { expectNoTimersLeft, rejection } from '../../support/turn.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(expectNoTimersLeft);

test('messages', async () => {
  const { stop } = recordMessages();
  const a = createTask(after(10, 1), { name: 'a' });
  createTask(
    async () => {
      for await (const task of asCompleted([a])) task.result();
    },
    { name: 'outer' },
  );
  await pass(10);
  expect(stop()).toEqual([
    'task a created',
    'a waits to sleep',
    'task outer created',
    'outer waits to next',
    'a waited to sleep',
    'task a fulfilled',
    'outer waited to next',
    'task outer fulfilled',
  ]);
});

describe('for await', () => {
  test('gives the tasks and promises themselves, settled, in the order in which they settle', async () => {
    const [a, b] = [createTask(after(20, 'a')), createTask(failAfter(10, 'b'))];
    const c = Promise.resolve('c');
    const given: unknown[] = [];
    const loop = createTask(async () => {
      for await (const each of asCompleted<Task | Promise<string>>([a, b, c])) given.push(each);
    });
    await pass(20);
    expect([given[0] === c, given[1] === b, given[2] === a, b.done, loop.done]).toEqual([true, true, true, true, true]);
  });

  test('of nothing ends at once', async () => {
    const given: unknown[] = [];
    for await (const each of asCompleted([])) given.push(each);
    expect(given).toEqual([]);
  });

  test('gives what settled before, in the order in which it settled, and what stands twice once', async () => {
    const tasks = [createTask(after(2, 2)), createTask(after(1, 1))];
    const completions = asCompleted([...tasks, ...tasks]);
    await pass(5);
    const values: number[] = [];
    for await (const task of completions) values.push(task.result());
    expect(values).toEqual([1, 2]);
  });

  test('a break leaves the rest alone', async () => {
    const slow = createTask(after(20, 'slow'));
    const loop = createTask(async () => {
      for await (const task of asCompleted([after(10, 'fast'), slow])) return await task;
      return 'none';
    });
    await pass(10);
    expect([loop.result(), slow.done]).toEqual(['fast', false]);
    await pass(10);
    expect(slow.result()).toBe('slow');
  });

  test('several who take share the members: each is given once', async () => {
    const completions = asCompleted([1, 2, 3, 4].map((each) => after(each * 10, each)));
    const take = async (): Promise<number[]> => {
      const taken: number[] = [];
      for await (const task of completions) taken.push(task.result());
      return taken;
    };
    const both = Promise.all([take(), take()]);
    await pass(40);
    expect(await both).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });
});

describe('for', () => {
  test('gives promises of the results, in the order in which they settle', async () => {
    const promises = [...asCompleted([after(20, 'b'), after(10, 'a'), failAfter(30, 'c')])];
    const ends = promises.map(follow);
    await pass(30);
    expect(ends.map(({ outcome }) => outcome)).toEqual(['value "a"', 'value "b"', 'Error: c']);
  });
});

describe('is ended', () => {
  test('by its timeout, from the call on, and cancels nothing', async () => {
    const slow = createTask(after(30, 'slow'));
    const values: string[] = [];
    const loop = createTask(async () => {
      for await (const task of asCompleted([after(10, 'fast'), slow], { timeout: 20 })) values.push(task.result());
    });
    const end = follow(loop);
    await pass(20);
    expect([values, end.outcome, slow.done]).toEqual([
      ['fast'],
      'TimeoutError: asCompleted: timed out after 20 ms',
      false,
    ]);
    await pass(10);
  });

  test('by its timeout, in the promises of a plain for', async () => {
    const ends = [...asCompleted([after(10, 'fast'), never()], { timeout: 20 })].map(follow);
    await pass(20);
    expect(ends.map(({ outcome }) => outcome)).toEqual([
      'value "fast"',
      'TimeoutError: asCompleted: timed out after 20 ms',
    ]);
  });

  test('by its signal, with the reason', async () => {
    const controller = new AbortController();
    const next = follow(asCompleted([never()], { signal: controller.signal }).next());
    await pass(0);
    controller.abort('enough');
    await pass(0);
    expect(next.outcome).toBe('thrown "enough"');
  });

  test('by a cancellation, which does not reach the members; another may go on', async () => {
    const completions = asCompleted([after(10, 'x')]);
    const first = createTask(async () => completions.next());
    await pass(0);
    first.cancel();
    const second = createTask(async () => (await completions.next()).value?.result());
    await pass(10);
    expect([first.cancelled, second.result()]).toEqual([true, 'x']);
  });
});

test.each<[unknown, unknown, string]>([
  [5, {}, 'ArgumentError: asCompleted takes an array or another iterable, got 5'],
  [[5], {}, 'ArgumentError: asCompleted takes tasks, promises and functions, but [0] is 5'],
  [[], { timeout: -1 }, 'ArgumentError: timeout must be a number of at least 0, got -1'],
])('asCompleted(%j, %j) throws', async (members, options, message) => {
  const call = async (): Promise<unknown> => asCompleted(members as [], options as object);
  expect(words(await rejection(call()))).toBe(message);
});

test('asking for all results at once costs the same for each, however many there are', async () => {
  // had each looked through those who wait already, this would take ten seconds
  const many = 16_000;
  const asked = [...asCompleted(Array.from({ length: many }, (_, index) => after(1, index)))];
  await pass(1);
  const results = await Promise.all(asked);
  expect([results.length, results[0], results.at(-1)]).toEqual([many, 0, many - 1]);
});
