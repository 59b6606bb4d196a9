import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTask, gather, sleep, takeReport, type CancelledError } from '../../../src/index.ts';
import { recordMessages } from '../../support/messages.ts';
import { after, failAfter, follow, never, pass, words } from '../../support/settled.ts';
import { expectNoTimersLeft, rejection } from '../../support/turn.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(expectNoTimersLeft);

test('messages', async () => {
  const { stop } = recordMessages();
  const a = createTask(after(10, 'a'), { name: 'a' });
  createTask(async () => gather([a, async function b() {}]), { name: 'outer' });
  await pass(10);
  expect(stop()).toEqual([
    'task a created',
    'a waits to sleep',
    'task outer created',
    'task b created',
    'outer waits to await',
    'task b fulfilled',
    'a waited to sleep',
    'task a fulfilled',
    'outer waited to await',
    'task outer fulfilled',
  ]);
});

describe('results', () => {
  test('stand in the order of the members, whichever comes first, and have their types', async () => {
    const end = gather([after(30, 'a'), createTask(after(10, 2)), Promise.resolve(true)]);
    await pass(30);
    const [a, b, c] = await end;
    const typed: [string, number, boolean] = [a, b, c];
    expect(typed).toEqual(['a', 2, true]);
  });

  test.each<[string, Iterable<() => Promise<number>>, number[]]>([
    ['nothing', [], []],
    ['a set', new Set([after(1, 1), after(1, 2)]), [1, 2]],
    ['a generator', [after(1, 1)].values(), [1]],
  ])('of %s', async (_what, members, expected) => {
    const end = follow(gather(members));
    await pass(1);
    expect(end.outcome).toBe(`value ${JSON.stringify(expected)}`);
  });

  test('a member that stands in it twice is there twice', async () => {
    const task = createTask(after(1, 'x'));
    const end = follow(gather([task, task]));
    await pass(1);
    expect(end.outcome).toBe('value ["x","x"]');
  });

  test('functions run at the same time', async () => {
    const end = follow(gather([after(10, 1), after(10, 2), after(10, 3)]));
    await pass(10);
    expect(end.outcome).toBe('value [1,2,3]');
  });
});

describe('errors', () => {
  test('the first is thrown at once, and the others go on', async () => {
    const other = createTask(after(20, 'other'));
    const end = follow(gather([failAfter(10, 'first'), other, failAfter(15, 'second')]));
    await pass(10);
    expect([end.outcome, other.done]).toEqual(['Error: first', false]);
    await pass(10);
    expect(other.result()).toBe('other');
  });

  test('with returnExceptions they stand among the results', async () => {
    const end = gather([failAfter(10, 'no'), after(20, 1)], { returnExceptions: true });
    await pass(20);
    expect(await end).toEqual([new Error('no'), 1]);
  });

  test('a member that is cancelled is an error as any other', async () => {
    const task = createTask(after(10, 1), { name: 'member' });
    const both = [gather([task, after(1, 2)]), gather([task], { returnExceptions: true })] as const;
    const end = follow(both[0]);
    await pass(1);
    task.cancel();
    await pass(0);
    expect([end.outcome, (await both[1]).map(words)]).toEqual(['CancelledError', ['CancelledError']]);
  });

  test('a member that fails in a gather that nobody awaits is an error of the gather', async () => {
    const end = gather([failAfter(1, 'no')]);
    const caught = rejection(end);
    await pass(1);
    expect(words(await caught)).toBe('Error: no');
  });
});

describe('a cancellation', () => {
  test.each([false, true])('goes on to the members, with returnExceptions %s', async (returnExceptions) => {
    const members = [createTask(after(1000, 1)), createTask(after(1000, 2))];
    const outer = createTask(async () => gather(members, { returnExceptions }));
    await pass(0);
    outer.cancel('why');
    const error = (await rejection(outer)) as CancelledError;
    expect([error.cause, ...members.map(({ cancelled }) => cancelled)]).toEqual(['why', true, true]);
  });

  test('waits for their clean-up, with returnExceptions', async () => {
    const slow = createTask(async () => {
      try {
        await sleep(1000);
      } finally {
        await sleep(10);
      }
    });
    const outer = createTask(async () => gather([slow, after(1000, 1)], { returnExceptions: true }));
    await pass(0);
    outer.cancel();
    await pass(9);
    expect(outer.done).toBe(false);
    await pass(1);
    expect([outer.cancelled, slow.cancelled]).toEqual([true, true]);
  });

  test('holds also if all members decline', async () => {
    const outer = createTask(async () => gather([async () => sleep(1000).catch(() => 'declined')]));
    await pass(0);
    outer.cancel();
    await pass(0);
    expect(outer.cancelled).toBe(true);
  });

  test('does not reach members that others await', async () => {
    const shared = createTask(after(10, 'for all'));
    const end = follow(shared);
    const own = createTask(after(1000, 1));
    const outer = createTask(async () => gather([shared, own]));
    await pass(0);
    outer.cancel();
    await pass(10);
    expect([outer.cancelled, own.cancelled, end.outcome]).toEqual([true, true, 'value "for all"']);
  });

  test('ends the wait at once where no member is a task', async () => {
    const outer = createTask(async () => gather([never(), Promise.resolve(1)]));
    await pass(0);
    outer.cancel();
    await pass(0);
    expect(outer.cancelled).toBe(true);
  });

  test('leaves behind those that cannot notice', async () => {
    let release = (): void => {};
    const deaf = createTask(() => new Promise<void>((resolve) => (release = resolve)));
    const outer = createTask(async () => gather([deaf, after(1000, 1)]));
    await pass(0);
    outer.cancel();
    await pass(0);
    expect(outer.cancelled).toBe(true);
    expect([deaf.done, deaf.cancelling()]).toEqual([false, 1]);
    release();
  });

  test('that was asked for before does not even start the functions', async () => {
    const run = vi.fn(after(10, 1));
    const outer = createTask(async () => {
      await Promise.resolve();
      await gather([run]);
    });
    outer.cancel();
    await pass(0);
    expect([outer.cancelled, run.mock.calls]).toEqual([true, []]);
  });
});

describe('signal and timeout', () => {
  test('a timeout cancels the members, and is thrown when they have ended', async () => {
    const member = createTask(after(1000, 1));
    const end = follow(gather([member], { timeout: 10 }));
    await pass(10);
    expect([end.outcome, member.cancelled]).toEqual(['TimeoutError: gather: timed out after 10 ms', true]);
  });

  test('a signal does the same with its reason', async () => {
    const controller = new AbortController();
    const member = createTask(after(1000, 1));
    const end = follow(gather([member], { signal: controller.signal }));
    await pass(0);
    controller.abort('enough');
    await pass(0);
    expect([end.outcome, member.cancelled]).toEqual(['thrown "enough"', true]);
  });

  test('a signal that is aborted already starts nothing', async () => {
    const run = vi.fn(after(1, 1));
    expect(await rejection(gather([run], { signal: AbortSignal.abort('before') }))).toBe('before');
    expect(run).not.toHaveBeenCalled();
  });
});

test('the report says which members are pending: index, and names of tasks', async () => {
  const outer = createTask(
    async () => gather([createTask(after(10, 1), { name: 'load' }), sleep(5), Promise.resolve(1)]),
    { name: 'outer' },
  );
  await pass(0);
  const parts = takeReport()
    .tasks.find(({ id }) => id === outer.id)
    ?.waits.flatMap(({ kind, on, part }) => (part === undefined ? [] : [{ kind, name: on?.name, ...part }]));
  expect(parts).toEqual([
    { kind: 'await', name: 'load', of: 'gather', index: 0, count: 3, any: false },
    { kind: 'await', name: undefined, of: 'gather', index: 1, count: 3, any: false },
  ]);
  await pass(10);
});

test.each<[unknown, unknown, string]>([
  [5, {}, 'gather takes an array or another iterable, got 5'],
  ['text', {}, 'gather takes an array or another iterable, got "text"'],
  [[1], {}, 'gather takes tasks, promises and functions, but [0] is 1'],
  [[() => 1, null], {}, 'gather takes tasks, promises and functions, but [1] is null'],
  [[], 'no', 'options must be an object, got "no"'],
  [[], { timeout: -1 }, 'timeout must be a number of at least 0, got -1'],
  [[], { signal: 1 }, 'signal must be an AbortSignal, got 1'],
])('gather(%j, %j) is an ArgumentError', async (members, options, message) => {
  expect(await rejection(gather(members as [], options as object))).toEqual(
    expect.objectContaining({ code: 'ERR_LOOPSCOPE_ARGUMENT', message }),
  );
});
