import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { allTasks, createTask, currentTask, sleep, type CancelledError, type Task } from '../../../src/index.ts';
import { after, failAfter, follow, pass, words } from '../../support/settled.ts';
import { expectNoTimersLeft, rejection, turn } from '../../support/turn.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(expectNoTimersLeft);

function attempt(read: () => unknown): string {
  try {
    return `value ${JSON.stringify(read())}`;
  } catch (error) {
    return words(error);
  }
}

function look(task: Task): readonly unknown[] {
  return [task.done, task.cancelled, attempt(() => task.result()), attempt(() => words(task.exception()))];
}

describe('done, cancelled, result() and exception()', () => {
  test('of a pending task: neither, and StateErrors', async () => {
    const task = createTask(after(10, 1), { name: 'slow' });
    const error = `StateError: task slow #${task.id} has not settled`;
    expect(look(task)).toEqual([false, false, error, error]);
    await pass(10);
  });

  test.each<[string, () => unknown, readonly unknown[]]>([
    ['a value', after(10, 'x'), [true, false, 'value "x"', 'value "thrown undefined"']],
    ['nothing', after(10, undefined), [true, false, 'value undefined', 'value "thrown undefined"']],
    ['a value at once', () => 5, [true, false, 'value 5', 'value "thrown undefined"']],
    ['null', () => null, [true, false, 'value null', 'value "thrown undefined"']],
    ['an error', failAfter(10, 'no'), [true, false, 'Error: no', 'value "Error: no"']],
    ['a thrown string', async () => Promise.reject('no'), [true, false, 'thrown "no"', 'value "thrown \\"no\\""']],
  ])('of a task that ended with %s', async (_what, run, expected) => {
    const task = createTask(run);
    task.catch(() => {});
    await pass(10);
    expect(look(task)).toEqual(expected);
  });

  test('of a cancelled task: the cancellation, thrown by both', async () => {
    const task = createTask(after(10, 1));
    task.cancel();
    await pass(0);
    expect(look(task)).toEqual([true, true, 'CancelledError', 'CancelledError']);
  });

  test('of a task that declined its cancellation: what it returned', async () => {
    const task = createTask(async () => sleep(10).catch(() => 'declined'));
    task.cancel();
    await pass(0);
    expect([...look(task), task.cancelling()]).toEqual([
      true,
      false,
      'value "declined"',
      'value "thrown undefined"',
      1,
    ]);
  });

  test('of a task that failed while it was cancelled: the failure', async () => {
    const task = createTask(async () =>
      sleep(10).catch(() => {
        throw new Error('clean-up');
      }),
    );
    task.catch(() => {});
    task.cancel();
    await pass(0);
    expect(look(task)).toEqual([true, false, 'Error: clean-up', 'value "Error: clean-up"']);
  });

  test('result() gives the same object each time, and what await gives', async () => {
    const value = {};
    const task = createTask(async () => value);
    expect([await task, task.result(), task.result()]).toEqual([value, value, value]);
    expect(task.result()).toBe(value);
  });
});

describe('done callbacks', () => {
  test('are called with the task, in order, after it has settled, and not at once', async () => {
    const log: unknown[] = [];
    const task = createTask(after(10, 1), { name: 'work' });
    task.addDoneCallback((done) => log.push(['first', done === task, done.result()]));
    task.addDoneCallback(() => log.push('second'));
    await pass(9);
    expect(log).toEqual([]);
    await pass(1);
    expect(log).toEqual([['first', true, 1], 'second']);
  });

  test.each<[string, (task: Task) => void, () => Promise<unknown>]>([
    ['fails', (task) => void task.catch(() => {}), failAfter(10, 'no')],
    ['is cancelled', (task) => task.cancel(), after(10, 1)],
  ])('are called when the task %s', async (_what, act, run) => {
    const called = vi.fn();
    const task = createTask(run);
    task.addDoneCallback(called);
    act(task);
    await pass(10);
    expect(called).toHaveBeenCalledExactlyOnceWith(task);
  });

  test('of a task that has settled are called on the next microtask', async () => {
    const task = createTask(() => 1);
    await task;
    const log: string[] = [];
    task.addDoneCallback(() => log.push('called'));
    log.push('added');
    await pass(0);
    expect(log).toEqual(['added', 'called']);
  });

  test('are taken away, as often as they were added, and called for the rest', async () => {
    const log: string[] = [];
    const a = (): void => void log.push('a');
    const b = (): void => void log.push('b');
    const task = createTask(after(10, 1));
    for (const each of [a, b, a]) task.addDoneCallback(each);
    expect([task.removeDoneCallback(a), task.removeDoneCallback(a)]).toEqual([2, 0]);
    await pass(10);
    expect([log, task.removeDoneCallback(b)]).toEqual([['b'], 0]);
  });

  test('one can take another away while they are called', async () => {
    const log: string[] = [];
    const task = createTask(after(10, 1));
    const second = (): void => void log.push('second');
    task.addDoneCallback(() => {
      log.push('first');
      task.removeDoneCallback(second);
    });
    task.addDoneCallback(second);
    await pass(10);
    expect(log).toEqual(['first']);
  });

  test('run in the task in which they were added', async () => {
    const seen: unknown[] = [];
    const work = createTask(after(10, 1));
    const other = createTask(async (self) => {
      work.addDoneCallback(() => seen.push(currentTask() === self));
      await sleep(20);
    });
    await pass(20);
    expect([seen, other.done]).toEqual([[true], true]);
  });

  test('take no responsibility for an error', async () => {
    const task = createTask(failAfter(10, 'no'));
    task.addDoneCallback(() => {});
    const caught = rejection(task);
    await pass(10);
    expect(await caught).toEqual(new Error('no'));
  });

  test('must be functions', () => {
    const task = createTask(() => 1);
    expect(() => task.addDoneCallback('no' as never)).toThrow('a done callback must be a function, got "no"');
  });
});

describe('getStack()', () => {
  test('of a pending task: where it is parked, newest first, and where it was created', async () => {
    const task = createTask(async () => Promise.all([sleep(10), sleep(20)]), { name: 'parked twice' });

    expect(task.getStack().map(({ file }) => /[^/]*\.test\.ts/.exec(file)?.[0])).toEqual(
      new Array(3).fill('task-state.test.ts'),
    );
    await pass(20);
  });

  test('of a settled task: where it was created', async () => {
    const task = createTask(() => 1, { name: 'settled' });
    await task;
    expect(task.getStack()).toEqual([task.origin.site]);
  });
});

describe('creating', () => {
  test('a task that is created in a task has it as its parent, and is in allTasks() until it settles', async () => {
    const before = allTasks().length;
    let child: Task<number> | undefined;
    const parent = createTask(async () => (child = createTask(after(10, 1))));
    expect([child?.parent, allTasks().length - before]).toEqual([parent, 2]);
    await pass(10);
    expect(allTasks().length).toBe(before);
  });

  test('an eager function that throws at once is a task that has failed, and the caller goes on', async () => {
    const task = createTask(() => {
      throw new Error('at once');
    });
    expect([task.done, await rejection(task)]).toEqual([true, new Error('at once')]);
  });

  test('an eager task in an eager task: the current task is right on the way in and on the way out', async () => {
    const seen: unknown[] = [];
    const outer = createTask((self) => {
      seen.push(currentTask() === self);
      createTask((inner) => void seen.push(currentTask() === inner));
      seen.push(currentTask() === self);
    });
    await outer;
    expect([seen, currentTask()]).toEqual([[true, true, true], null]);
  });

  test('scheduled tasks start in the order in which they were created', async () => {
    const order: number[] = [];
    const tasks = [1, 2, 3].map((each) => createTask(() => void order.push(each), { eager: false }));
    expect(order).toEqual([]);
    await Promise.all(tasks);
    expect(order).toEqual([1, 2, 3]);
  });

  test('a task can be awaited many times, by many, before and after it has settled', async () => {
    const task = createTask(after(10, 'x'));
    const waiters = [1, 2, 3].map(() => createTask(async () => task));
    await pass(10);
    expect([await task, await task, ...(await Promise.all(waiters))]).toEqual(['x', 'x', 'x', 'x', 'x']);
  });

  test('a task that awaits itself never ends, and can be cancelled', async () => {
    const task: Task = createTask(async () => {
      await turn();
      return await task;
    });
    await turn();
    await turn();
    task.cancel('a circle');
    expect(((await rejection(task)) as CancelledError).cause).toBe('a circle');
  });

  test('tasks that await each other can be cancelled', async () => {
    const a: Task = createTask(async () => {
      await turn();
      return await b;
    });
    const b: Task = createTask(async () => await a);
    const ends = [follow(a), follow(b)];
    await turn();
    await turn();
    a.cancel();
    await turn();
    await turn();
    expect(ends.map(({ outcome }) => outcome)).toEqual(['CancelledError', 'CancelledError']);
  });
});
