import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTask, sleep, waitFor } from '../../../src/index.ts';
import { recordMessages } from '../../support/messages.ts';
import { after, deaf, failAfter, follow, never, pass, releaseDeaf, words } from '../../support/settled.ts';
import { expectNoTimersLeft, rejection } from '../../support/turn.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(async () => {
  releaseDeaf();
  await expectNoTimersLeft();
});

const late = 'TimeoutError: waitFor: timed out after 10 ms';

test('messages', async () => {
  const { stop } = recordMessages();
  const slow = createTask(after(50, 1), { name: 'slow' });
  createTask(async () => waitFor(slow, 10), { name: 'outer' }).catch(() => {});
  await pass(10);
  expect(stop().filter((line) => !line.startsWith('(main)'))).toEqual([
    'task slow created',
    'slow waits to sleep',
    'task outer created',
    'outer waits to await',
    'slow waited to sleep',
    'task slow cancelled',
    'outer waited to await',
    'task outer timed out',
  ]);
});

// what it comes to after 10 ms, with a timeout of 10 ms
test.each<[string, () => Parameters<typeof waitFor>[0], string]>([
  ['a function in time', () => after(9, 1), 'value 1'],
  ['a function too late', () => after(11, 1), late],
  ['a function that fails in time', () => failAfter(9, 'no'), 'Error: no'],
  ['a function that returns at once', () => () => 5, 'value 5'],
  [
    'a function that throws at once',
    () => () => {
      throw new Error('at once');
    },
    'Error: at once',
  ],
  ['a task in time', () => createTask(after(9, 1)), 'value 1'],
  ['a task too late', () => createTask(after(11, 1)), late],
  ['a promise that has settled', () => Promise.resolve(1), 'value 1'],
  ['a promise that never does', () => never(), late],
  ['a function that cannot notice', () => deaf, late],
  ['a task that declines', () => async () => sleep(50).catch(() => 'declined'), 'value "declined"'],
  [
    'a task that fails as it cleans up',
    () => async () => sleep(50).catch(() => Promise.reject(new Error('clean-up'))),
    'Error: clean-up',
  ],
])('%s', async (_what, given, outcome) => {
  const end = follow(waitFor(given(), 10));
  await pass(10);
  expect(end.outcome).toBe(outcome);
});

describe('a timeout', () => {
  test('is thrown when the task has cleaned up', async () => {
    const log: string[] = [];
    const end = follow(
      waitFor(async () => {
        try {
          await sleep(1000);
        } finally {
          await sleep(5);
          log.push('cleaned up');
        }
      }, 10),
    );
    await pass(14);
    expect([end.outcome, log]).toEqual(['pending', []]);
    await pass(1);
    expect([end.outcome, log]).toEqual([late, ['cleaned up']]);
  });

  test('of 0 leaves the time that microtasks take', async () => {
    const ends = [waitFor(Promise.resolve(1), 0), waitFor(after(5, 1), 0)].map(follow);
    await pass(1);
    expect(ends.map(({ outcome }) => outcome)).toEqual(['value 1', 'TimeoutError: waitFor: timed out after 0 ms']);
  });

  test('of Infinity is none', async () => {
    const end = follow(waitFor(after(5, 1), Infinity));
    await pass(5);
    expect(end.outcome).toBe('value 1');
  });

  test('does not reach a task that somebody else awaits', async () => {
    const shared = createTask(after(20, 'for all'));
    const [other, end] = [follow(shared), follow(waitFor(shared, 10))];
    await pass(20);
    expect([end.outcome, other.outcome]).toEqual([late, 'value "for all"']);
  });

  test('of an inner waitFor is that of the inner one, of an outer that of the outer', async () => {
    const nested = (outer: number, inner: number): Promise<unknown> =>
      waitFor(async () => waitFor(after(1000, 1), inner), outer);
    const ends = [nested(20, 10), nested(10, 20)].map(follow);
    await pass(10);
    expect(ends.map(({ outcome }) => outcome)).toEqual([late, late]);
    await pass(20);
  });
});

describe('a cancellation', () => {
  test('goes on to the task and waits for it', async () => {
    const inner = createTask(after(1000, 1));
    const outer = createTask(async () => waitFor(inner, 10));
    await pass(0);
    outer.cancel();
    await pass(0);
    expect([outer.cancelled, inner.cancelled]).toEqual([true, true]);
  });

  test('goes before a timeout that comes while the task cleans up', async () => {
    const inner = createTask(async () => {
      try {
        await sleep(1000);
      } finally {
        await sleep(50).catch(() => {});
      }
    });
    const outer = createTask(async () => waitFor(inner, 10));
    await pass(5);
    outer.cancel();
    await pass(60);
    expect([outer.cancelled, outer.settlement?.outcome]).toEqual([true, 'cancelled']);
  });

  test('that was asked for before keeps a function from being called', async () => {
    const run = vi.fn(after(1, 1));
    const outer = createTask(async () => {
      await Promise.resolve();
      await waitFor(run, 10);
    });
    outer.cancel();
    await pass(0);
    expect([outer.cancelled, run.mock.calls]).toEqual([true, []]);
  });
});

test('its signal ends it with the reason, and cancels', async () => {
  const controller = new AbortController();
  const inner = createTask(after(1000, 1));
  const end = follow(waitFor(inner, 10, { signal: controller.signal }));
  controller.abort('enough');
  await pass(0);
  expect([end.outcome, inner.cancelled]).toEqual(['thrown "enough"', true]);
});

test.each<[unknown, unknown, string]>([
  [5, 10, 'ArgumentError: waitFor takes tasks, promises and functions, but [0] is 5'],
  [never, -1, 'ArgumentError: milliseconds must be a number of at least 0, got -1'],
  [never, undefined, 'ArgumentError: milliseconds must be a number of at least 0, got undefined'],
])('waitFor(%s, %s) is an ArgumentError', async (given, milliseconds, message) => {
  expect(words(await rejection(waitFor(given as () => void, milliseconds as number)))).toBe(message);
});
