// The subjects of asyncio's test_taskgroups that are not in task-group.test.ts: what is caught, ignored, cancelled and
// counted while groups nest and end.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  CancelledError,
  createTask,
  currentTask,
  Event,
  gather,
  shield,
  sleep,
  TaskGroup,
  timeout,
  type Task,
} from '../../../src/index.ts';
import { after, failAfter, pass, words } from '../../support/settled.ts';
import { expectNoTimersLeft } from '../../support/turn.ts';
import { waiting } from '../../support/waiting.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(expectNoTimersLeft);

/** Waits until it is cancelled, and fails to clean up. */
function failCleaning(message: string): () => Promise<void> {
  return async () => {
    try {
      await sleep(1000);
    } finally {
      // oxlint-disable-next-line no-unsafe-finally -- a clean-up that fails is what is tested
      throw new Error(message);
    }
  };
}

/** What was thrown, with what is in it, in one line. */
function tree(error: unknown): string {
  return error instanceof AggregateError ? `[${error.errors.map(tree).join(', ')}]` : words(error);
}

/** What a group came to, when so much time has passed. */
async function endOf(running: Promise<unknown>, milliseconds = 100): Promise<string> {
  const end = running.then((value) => `value ${JSON.stringify(value)}`, tree);
  await pass(milliseconds);
  return end;
}

describe('what a group came to', () => {
  test('all tasks are fulfilled: the body may leave before them', async () => {
    const tasks: Task[] = [];
    const outcome = await endOf(
      TaskGroup.run((group) => {
        tasks.push(group.createTask(after(10, 42)) as Task, group.createTask(after(20, 11)) as Task);
        return 'left';
      }),
    );
    expect([outcome, tasks.map((task) => task.result())]).toEqual(['value "left"', [42, 11]]);
  });

  test('tasks that settled while the body still ran are not lost', async () => {
    const end = endOf(
      TaskGroup.run(async (group) => {
        const first = group.createTask(after(1, 42));
        await sleep(10);
        const second = group.createTask(after(1, 11));
        await sleep(10);
        return [first.result(), second.result()];
      }),
    );
    expect(await end).toBe('value [42,11]');
  });

  test.each<[string, (group: TaskGroup) => unknown, string]>([
    [
      'a task that fails while the body waits',
      async (group) => {
        group.createTask(failAfter(1, 'task'));
        await sleep(1000);
      },
      '[Error: task]',
    ],
    [
      'a task that fails when the body is over',
      (group) => void group.createTask(failAfter(1, 'task')),
      '[Error: task]',
    ],
    ['the body alone', () => Promise.reject(new Error('body')), '[Error: body]'],
    [
      'the body, and a task in its clean-up',
      (group) => {
        group.createTask(failCleaning('task'));
        throw new Error('body');
      },
      '[Error: body, Error: task]',
    ],
    [
      'a task, and the body in its clean-up',
      async (group) => {
        group.createTask(failAfter(1, 'task'));
        try {
          await sleep(1000);
        } finally {
          // oxlint-disable-next-line no-unsafe-finally -- a clean-up that fails is what is tested
          throw new Error('body');
        }
      },
      '[Error: task, Error: body]',
    ],
    [
      'two tasks in the same turn',
      async (group) => {
        const gate = new Event();
        for (const name of ['one', 'two'])
          group.createTask(async () => gate.wait().then(() => Promise.reject(new Error(name))));
        gate.set();
        await sleep(1000);
      },
      '[Error: one, Error: two]',
    ],
    [
      'a body that ignores its cancellation and returns',
      async (group) => {
        group.createTask(failAfter(1, 'task'));
        await sleep(1000).catch(() => 'ignored');
        return 'result';
      },
      '[Error: task]',
    ],
    ['a body that raises a cancellation of its own', () => Promise.reject(new CancelledError('own')), 'CancelledError'],
    [
      'a thrown undefined',
      (group) => {
        group.createTask(() => {
          throw undefined;
        });
      },
      '[thrown undefined]',
    ],
    [
      'a task that fails before another starts',
      async (group) => {
        group.createTask(failAfter(0, 'early'), { eager: false });
        await group.createTask(after(1000, 1), { eager: false });
      },
      '[Error: early]',
    ],
  ])('%s', async (_name, main, outcome) => {
    expect(await endOf(TaskGroup.run(main))).toBe(outcome);
  });

  test('a body that awaits a task which fails is cancelled, as all others, and the error is told once', async () => {
    const seen: string[] = [];
    const outcome = await endOf(
      TaskGroup.run(async (group) => {
        await group.createTask(failAfter(1, 'task')).catch((error: unknown) => {
          seen.push(words(error));
          throw error;
        });
      }),
    );
    expect([seen, outcome]).toEqual([['CancelledError'], '[Error: task]']);
  });

  test('the tasks are let go with the group: it keeps none that has settled', async () => {
    const group = new TaskGroup();
    group.createTask(after(1, 1));
    const end = endOf(group.join());
    expect(await end).toBe('value undefined');
    await expect(group.join()).resolves.toBe(undefined);
  });
});

describe('cancelled from outside', () => {
  test.each<[string, (log: string[]) => (group: TaskGroup) => unknown]>([
    [
      'while the body waits',
      (log) => async (group) => {
        group.createTask(waiting(log, 'task'));
        await waiting(log, 'body')();
      },
    ],
    ['while the group waits for its tasks', (log) => (group) => void group.createTask(waiting(log, 'task'))],
    ['while the body awaits its task', (log) => async (group) => group.createTask(waiting(log, 'task'))],
    [
      'while a body of a body waits',
      (log) => async () =>
        TaskGroup.run(async (inner) => {
          inner.createTask(waiting(log, 'task'));
          await waiting(log, 'body')();
        }),
    ],
  ])('%s: it cleans up, and the cancellation goes on, once', async (_name, main) => {
    const log: string[] = [];
    const outer = createTask(() => TaskGroup.run(main(log)));
    const end = endOf(outer);
    outer.cancel('enough');
    expect([await end, outer.cancelled, outer.cancelling(), new Set(log).size === log.length]).toEqual([
      'CancelledError',
      true,
      1,
      true,
    ]);
    expect(log).toContain('task cleaned up');
  });

  test('in the turn in which a task fails, the failure goes first, and the cancellation comes at the next wait', async () => {
    const steps: string[] = [];
    const outer = createTask(async () => {
      await TaskGroup.run(async (group) => {
        group.createTask(failAfter(5, 'task'));
        await sleep(1000);
      }).catch((error: unknown) => steps.push(tree(error)));
      steps.push('goes on');
      await sleep(1);
    });
    setTimeout(() => outer.cancel(), 5);
    expect([await endOf(outer), steps, outer.cancelling()]).toEqual([
      'CancelledError',
      ['[Error: task]', 'goes on'],
      1,
    ]);
  });

  test('in the turn in which the last task is fulfilled, it may be too late: the next wait has it', async () => {
    const outer = createTask(async () => {
      await TaskGroup.run((group) => void group.createTask(after(5, 1)));
      await sleep(1000);
    });
    setTimeout(() => outer.cancel(), 5);
    expect([await endOf(outer), outer.cancelled]).toEqual(['CancelledError', true]);
  });

  test('before it begins: the body is not left running', async () => {
    const log: string[] = [];
    const outer = createTask(async (self) => {
      self.cancel();
      await TaskGroup.run(async (group) => {
        group.createTask(waiting(log, 'task'));
        await waiting(log, 'body')();
      });
    });
    expect([await endOf(outer), log.toSorted()]).toEqual(['CancelledError', ['body cleaned up', 'task cleaned up']]);
  });

  test('again while it cleans up: the clean-up of the tasks is left in peace', async () => {
    const log: string[] = [];
    const outer = createTask(() =>
      TaskGroup.run((group) => {
        group.createTask(async () => {
          await sleep(1000).catch(() => log.push('cleans up'));
          await sleep(10);
          log.push('cleaned up');
        });
      }),
    );
    await pass(0);
    outer.cancel();
    await pass(5);
    outer.cancel();
    expect([await endOf(outer), log]).toEqual(['CancelledError', ['cleans up', 'cleaned up']]);
  });

  test('what a task of the group shields goes on', async () => {
    const shielded = createTask(after(50, 'done'));
    const outer = createTask(() => TaskGroup.run((group) => void group.createTask(() => shield(shielded))));
    const end = endOf(outer);
    outer.cancel();
    expect([await end, shielded.result()]).toEqual(['CancelledError', 'done']);
  });

  test('by a timeout: the group is left with a TimeoutError, and cleans up first', async () => {
    const log: string[] = [];
    const outcome = await endOf(
      timeout(5, async () => TaskGroup.run((group) => void group.createTask(waiting(log, 'task'))), { name: 'limit' }),
    );
    expect([outcome, log]).toEqual(['TimeoutError: limit: timed out after 5 ms', ['task cleaned up']]);
  });

  test('as a member of a gather that is cancelled', async () => {
    const log: string[] = [];
    const group = (name: string) => async (): Promise<void> =>
      TaskGroup.run((tasks) => void tasks.createTask(waiting(log, name)));
    const outer = createTask(() => gather([group('a'), group('b')]));
    const end = endOf(outer);
    outer.cancel();
    expect([await end, log]).toEqual(['CancelledError', ['a cleaned up', 'b cleaned up']]);
  });
});

describe('groups in groups', () => {
  test('an inner failure that is caught in the body of the outer one leaves that alone', async () => {
    const outcome = await endOf(
      TaskGroup.run(async (outer) => {
        const other = outer.createTask(after(20, 'goes on'));
        const inner = await TaskGroup.run((group) => void group.createTask(failAfter(5, 'inner'))).catch(tree);
        return [inner, await other, currentTask()?.cancelRequest ?? null];
      }),
    );
    expect(outcome).toBe('value ["[Error: inner]","goes on",null]');
  });

  test('an outer failure cancels what inner ones wait for', async () => {
    const log: string[] = [];
    const outcome = await endOf(
      TaskGroup.run(async (outer) => {
        outer.createTask(failAfter(5, 'outer'));
        await TaskGroup.run((inner) => void inner.createTask(waiting(log, 'inner')));
      }),
    );
    expect([outcome, log]).toEqual(['[Error: outer]', ['inner cleaned up']]);
  });

  test('a failure of both is in both', async () => {
    const outcome = await endOf(
      TaskGroup.run(async (outer) => {
        outer.createTask(failAfter(5, 'outer'));
        await TaskGroup.run((inner) => {
          inner.createTask(failCleaning('inner'));
        });
      }),
    );
    expect(outcome).toBe('[Error: outer, [Error: inner]]');
  });

  test('three deep, the innermost failure comes out in as many wrappers', async () => {
    const nest = async (depth: number): Promise<unknown> =>
      TaskGroup.run((group) => void group.createTask(depth === 0 ? failAfter(1, 'deep') : () => nest(depth - 1)));
    expect(await endOf(nest(2))).toBe('[[[Error: deep]]]');
  });

  test('a hundred deep, cancelled from outside, all end', async () => {
    const log: string[] = [];
    const nest = async (depth: number): Promise<unknown> =>
      TaskGroup.run((group) => void group.createTask(depth === 0 ? waiting(log, 'last') : () => nest(depth - 1)));
    const outer = createTask(() => nest(100));
    const end = endOf(outer);
    outer.cancel();
    expect([await end, log]).toEqual(['CancelledError', ['last cleaned up']]);
  });

  test('a task of the outer group that is cancelled on its own takes its inner group with it, and nothing else', async () => {
    const log: string[] = [];
    const outcome = await endOf(
      TaskGroup.run(async (outer) => {
        const first = outer.createTask(async () =>
          TaskGroup.run((inner) => void inner.createTask(waiting(log, 'inner'))),
        );
        const second = outer.createTask(after(10, 'second'));
        await sleep(1);
        first.cancel();
        return second;
      }),
    );
    expect([outcome, log]).toEqual(['value "second"', ['inner cleaned up']]);
  });
});

describe('creating tasks', () => {
  test('while the group is being left, by a task of it', async () => {
    const order: number[] = [];
    await endOf(
      TaskGroup.run((group) => {
        const next = (count: number) => async (): Promise<void> => {
          await sleep(1);
          order.push(count);
          if (count < 3) group.createTask(next(count + 1));
        };
        group.createTask(next(0));
      }),
    );
    expect(order).toEqual([0, 1, 2, 3]);
  });

  test('in a clean-up after a failure: it is cancelled at once, and waited for', async () => {
    const log: string[] = [];
    const outcome = await endOf(
      TaskGroup.run((group) => {
        group.createTask(failAfter(1, 'first'));
        group.createTask(async () => sleep(1000).finally(() => void group.createTask(waiting(log, 'late'))));
      }),
    );
    expect([outcome, log]).toEqual(['[Error: first]', ['late cleaned up']]);
  });

  test.each(['failed', 'was cancelled', 'was fulfilled'])('is refused after the group %s', async (how) => {
    const group = new TaskGroup({ name: 'work' });
    if (how === 'failed') group.createTask(failAfter(1, 'no'));
    if (how === 'was cancelled') group.cancel();
    await endOf(group.join());
    expect(() => group.createTask(after(1, 1))).toThrow('task group work was left: it takes no more tasks');
  });

  test('names and done callbacks are those of tasks; a callback that fails later than the group is no failure of it', async () => {
    const seen: string[] = [];
    const outcome = await endOf(
      TaskGroup.run((group) => {
        const task = group.createTask(after(1, 'value'), { name: 'yolo' });
        task.addDoneCallback((done) => seen.push(`${done.name} ${done.result()}`));
      }),
    );
    expect([outcome, seen]).toEqual(['value undefined', ['yolo value']]);
  });

  test('a signal of one task cancels that one alone', async () => {
    const controller = new AbortController();
    const log: string[] = [];
    const end = endOf(
      TaskGroup.run((group) => {
        group.createTask(waiting(log, 'one'), { signal: controller.signal });
        return group.createTask(after(10, 'other'));
      }),
    );
    controller.abort();
    expect([await end, log]).toEqual(['value "other"', ['one cleaned up']]);
  });
});
