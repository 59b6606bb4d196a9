import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTask, wait, type Task, type WaitForSomeOptions } from '../../../src/index.ts';
import { recordMessages } from '../../support/messages.ts';
import { after, failAfter, follow, never, pass } from '../../support/settled.ts';
import { expectNoTimersLeft, rejection } from '../../support/turn.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(expectNoTimersLeft);

/** Tasks by the letter that they are named with: in how many ms they end, and whether they fail or are cancelled. */
function start(plan: string): Map<string, Task> {
  return new Map(
    plan.split(' ').map((each) => {
      const [, name = '', milliseconds, mark] = /^(\w)(\d+)(!|~)?$/.exec(each) ?? [];
      const run = mark === '!' ? failAfter(Number(milliseconds), name) : after(Number(milliseconds), name);
      const task = createTask(run, { name });
      if (mark === '~') setTimeout(() => task.cancel(), Number(milliseconds) - 1);
      return [name, task];
    }),
  );
}

const names = (tasks: Iterable<Task>): string => [...tasks].map(({ name }) => name).join('');

test('messages', async () => {
  const { stop } = recordMessages();
  createTask(async () => wait([createTask(after(10, 1), { name: 'a' })]), { name: 'outer' });
  await pass(10);
  expect(stop()).toEqual([
    'task outer created',
    'task a created',
    'a waits to sleep',
    'outer waits to wait',
    'a waited to sleep',
    'task a fulfilled',
    'outer waited to wait',
    'task outer fulfilled',
  ]);
});

// after how many ms it returns, what is done then, and what is pending; `!` fails, `~` is cancelled
test.each<[WaitForSomeOptions['returnWhen'], number | undefined, string, number, string, string]>([
  [undefined, undefined, 'a10 b20', 20, 'ab', ''],
  ['ALL_COMPLETED', undefined, 'a10 b20 c5', 20, 'cab', ''],
  ['ALL_COMPLETED', undefined, 'a10! b20', 20, 'ab', ''],
  ['ALL_COMPLETED', 15, 'a10 b20', 15, 'a', 'b'],
  ['ALL_COMPLETED', 30, 'a10 b20', 20, 'ab', ''],
  ['ALL_COMPLETED', 1, 'a10 b20', 1, '', 'ab'],
  ['FIRST_COMPLETED', undefined, 'a10 b20', 10, 'a', 'b'],
  ['FIRST_COMPLETED', undefined, 'a20 b10!', 10, 'b', 'a'],
  ['FIRST_COMPLETED', undefined, 'a20 b10~', 9, 'b', 'a'],
  ['FIRST_COMPLETED', 5, 'a10 b20', 5, '', 'ab'],
  ['FIRST_EXCEPTION', undefined, 'a10 b20!', 20, 'ab', ''],
  ['FIRST_EXCEPTION', undefined, 'a10! b20', 10, 'a', 'b'],
  ['FIRST_EXCEPTION', undefined, 'a10 b20', 20, 'ab', ''],
  ['FIRST_EXCEPTION', undefined, 'a10~ b20', 20, 'ab', ''],
  ['FIRST_EXCEPTION', 15, 'a10 b20', 15, 'a', 'b'],
])(
  'returnWhen %s, timeout %s, of %s: after %i ms %s done and %s pending',
  async (returnWhen, timeout, plan, ms, done, pending) => {
    const tasks = start(plan);
    const waiting = wait(tasks.values(), {
      ...(returnWhen !== undefined && { returnWhen }),
      ...(timeout !== undefined && { timeout }),
    });
    const end = follow(waiting);
    await pass(ms - 1);
    expect(end.outcome).toBe('pending');
    await pass(1);
    const result = await waiting;
    expect([names(result.done), names(result.pending)]).toEqual([done, pending]);
    await pass(100);
  },
);

describe('members', () => {
  test('a function comes back as its task, a promise as itself, and a member that is there twice once', async () => {
    const promise = Promise.resolve(1);
    const task = createTask(after(1, 2));
    const { done } = await waitFor(wait([promise, task, after(1, 3), task]), 1);
    const [first, second, third] = [...done];
    expect([done.size, first === promise, second === task, (third as Task<number>).result()]).toEqual([
      3,
      true,
      true,
      3,
    ]);
  });

  test('those that have settled already are done at once', async () => {
    const [a, b] = [createTask(() => 1), createTask(after(10, 2))];
    await a;
    const { done, pending } = await wait([a, b], { returnWhen: 'FIRST_COMPLETED' });
    expect([done.has(a), pending.has(b)]).toEqual([true, true]);
    await pass(10);
  });

  test('what settles later does not change the sets', async () => {
    const tasks = start('a10 b20');
    const { done, pending } = await waitFor(wait(tasks.values(), { returnWhen: 'FIRST_COMPLETED' }), 10);
    await pass(20);
    expect([done.size, pending.size]).toEqual([1, 1]);
  });

  test('an error that nobody asks for is no unhandled rejection', async () => {
    const [task] = start('a1!').values();
    const { done } = await waitFor(wait([task as Task]), 1);
    await pass(0);
    expect([...done][0]?.exception()).toEqual(new Error('a'));
  });
});

describe('is ended', () => {
  test('by a cancellation, which does not reach the members', async () => {
    const tasks = start('a10');
    const outer = createTask(async () => wait(tasks.values()));
    await pass(0);
    outer.cancel();
    await pass(0);
    expect([outer.cancelled, tasks.get('a')?.cancelling()]).toEqual([true, 0]);
    await pass(10);
    expect(tasks.get('a')?.result()).toBe('a');
  });

  test('by its signal, with the reason', async () => {
    const controller = new AbortController();
    const end = follow(wait([never()], { signal: controller.signal }));
    await pass(0);
    controller.abort('enough');
    await pass(0);
    expect(end.outcome).toBe('thrown "enough"');
  });
});

test.each<[unknown, unknown, string]>([
  [[], {}, 'wait was given nothing to wait for'],
  [5, {}, 'wait takes an array or another iterable, got 5'],
  [[5], {}, 'wait takes tasks, promises and functions, but [0] is 5'],
  [[() => 1], { returnWhen: 'SOME' }, 'returnWhen must be FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED, got "SOME"'],
  [[() => 1], { timeout: 'soon' }, 'timeout must be a number of at least 0, got "soon"'],
])('wait(%j, %j) is an ArgumentError', async (members, options, message) => {
  expect(await rejection(wait(members as [], options as object))).toEqual(
    expect.objectContaining({ code: 'ERR_LOOPSCOPE_ARGUMENT', message }),
  );
});

/** Lets time pass for it. */
async function waitFor<Value>(promise: Promise<Value>, milliseconds: number): Promise<Value> {
  await pass(milliseconds);
  return promise;
}
