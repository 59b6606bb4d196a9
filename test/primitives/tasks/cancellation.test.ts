import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  CancelledError,
  CircuitBreaker,
  compose,
  createTask,
  Lock,
  policies,
  Queue,
  retry,
  sleep,
  takeReport,
  timeout,
  withFallback,
  type Task,
} from '../../../src/index.ts';
import { recordMessages } from '../../support/messages.ts';
import { after, failAfter, follow, never, pass } from '../../support/settled.ts';
import { expectNoTimersLeft, rejection } from '../../support/turn.ts';
import { waiting } from '../../support/waiting.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(expectNoTimersLeft);

describe('a cancellation goes on to the task that is awaited', () => {
  test('messages', async () => {
    const { stop } = recordMessages();
    const inner = createTask(after(10, 1), { name: 'inner' });
    const outer = createTask(async () => inner, { name: 'outer' });
    await pass(0);
    outer.cancel();
    await pass(0);
    expect(stop()).toEqual([
      'task inner created',
      'inner waits to sleep',
      'task outer created',
      'outer waits to await inner',
      'inner waited to sleep',
      'task inner cancelled',
      'outer waited to await inner',
      'task outer cancelled',
    ]);
  });

  test('through as many tasks as there are, innermost first, and waits for their clean-up', async () => {
    const log: string[] = [];
    const link = (name: string, next: () => Promise<unknown>) => async (): Promise<void> => {
      try {
        await createTask(next);
      } finally {
        await sleep(10);
        log.push(name);
      }
    };
    const task = createTask(link('a', link('b', link('c', after(1000, 1)))));
    const { outcome } = follow(task);
    await pass(0);
    task.cancel();
    await pass(20);
    expect([log, outcome]).toEqual([['c', 'b'], 'pending']);
    await pass(10);
    expect([log, task.cancelled]).toEqual([['c', 'b', 'a'], true]);
  });

  test.each<[string, (task: Task) => Promise<unknown>]>([
    ['await', async (task) => await task],
    ['return', (task) => Promise.resolve(task)],
    ['then', (task) => task.then((value) => value)],
    ['catch', (task) => task.catch((error: unknown) => Promise.reject(error as Error))],
    ['finally', (task) => task.finally(() => {})],
    ['Promise.all', (task) => Promise.all([task, Promise.resolve()])],
    ['Promise.race', (task) => Promise.race([task, never()])],
  ])('however it is awaited: %s', async (_how, wait) => {
    const inner = createTask(after(1000, 1)) as Task;
    const outer = createTask(async () => wait(inner));
    await pass(0);
    outer.cancel();
    await pass(0);
    expect([inner.cancelled, outer.cancelled]).toEqual([true, true]);
  });

  test('an inner task that declines has the last word: the outer one goes on, and was asked', async () => {
    const inner = createTask(async () => sleep(1000).catch(() => 'declined'));
    const outer = createTask(async () => inner);
    await pass(0);
    outer.cancel();
    await pass(0);
    expect([outer.result(), outer.cancelling(), inner.cancelling()]).toEqual(['declined', 1, 1]);
  });

  test('an inner task that fails while it cleans up hands on its failure', async () => {
    const inner = createTask(async () =>
      sleep(1000).catch(() => {
        throw new Error('clean-up');
      }),
    );
    const outer = createTask(async () => inner);
    const end = follow(outer);
    await pass(0);
    outer.cancel();
    await pass(0);
    expect([end.outcome, outer.settlement?.outcome]).toEqual(['Error: clean-up', 'rejected']);
  });

  test('a task that others await goes on, and only the wait of the cancelled one ends', async () => {
    const shared = createTask(after(10, 'for all'));
    const [a, b] = [createTask(async () => shared), createTask(async () => shared)];
    await pass(0);
    a.cancel();
    await pass(0);
    expect([a.cancelled, shared.done]).toEqual([true, false]);
    await pass(10);
    expect(b.result()).toBe('for all');
  });

  test('a task that others awaited is cancelled with the last of them', async () => {
    const shared = createTask(after(10, 1));
    const [a, b] = [createTask(async () => shared), createTask(async () => shared)];
    await pass(0);
    a.cancel();
    b.cancel();
    await pass(0);
    expect([a.cancelled, b.cancelled, shared.cancelled]).toEqual([true, true, true]);
  });

  test('what awaits it outside of all tasks counts as others do', async () => {
    const shared = createTask(after(10, 'for all'));
    const end = follow(shared);
    const task = createTask(async () => shared);
    await pass(0);
    task.cancel();
    await pass(10);
    expect([task.cancelled, end.outcome]).toEqual([true, 'value "for all"']);
  });

  test('a task that awaits it twice is one', async () => {
    const inner = createTask(after(1000, 1));
    const outer = createTask(async () => {
      inner.catch(() => {});
      await inner;
    });
    await pass(0);
    outer.cancel();
    await pass(0);
    expect([inner.cancelled, outer.cancelled]).toEqual([true, true]);
  });

  test('one that cannot notice is left behind after a turn of the loop, and told at its next wait', async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const inner = createTask(async () => {
      await gate;
      await sleep(10);
    });
    const outer = createTask(async () => inner);
    await pass(0);
    outer.cancel();
    await pass(0);
    expect([outer.cancelled, inner.done]).toEqual([true, false]);
    release();
    await pass(0);
    expect(inner.cancelled).toBe(true);
  });

  test('one whose only part cannot notice is left behind with it', async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const hang = (): Promise<void> => gate;
    const breaker = new CircuitBreaker();
    const calls = {
      retry: () => retry(hang),
      'retry after a failure': () => retry(({ attempt }) => (attempt === 1 ? Promise.reject(1) : hang()), { delay: 0 }),
      breaker: () => breaker.run(hang),
      fallback: () => withFallback(hang, hang),
      composition: () => compose(policies.retry(), breaker).run(hang),
    };
    const outcomes: Record<string, unknown> = {};
    for (const [name, run] of Object.entries(calls)) {
      void timeout(10, run, { name }).catch((error: Error) => (outcomes[name] = error.message));
    }
    await pass(10);
    await pass(1);
    release();
    await pass(0);
    expect(outcomes).toEqual(
      Object.fromEntries(Object.keys(calls).map((name) => [name, `${name}: timed out after 10 ms`])),
    );
  });

  test('one that has its signal is waited for', async () => {
    const inner = createTask(async ({ signal }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      await new Promise((resolve) => setTimeout(resolve, 10));
      return 'heeded';
    });
    const outer = createTask(async () => inner);
    await pass(0);
    outer.cancel();
    await pass(5);
    expect(outer.done).toBe(false);
    await pass(5);
    expect(outer.result()).toBe('heeded');
  });

  test('one that ends before it could notice is no excuse', async () => {
    let release = (): void => {};
    const inner = createTask(() => new Promise<void>((resolve) => (release = resolve)));
    const outer = createTask(async () => inner);
    await pass(0);
    outer.cancel();
    release();
    await pass(0);
    expect([inner.settlement?.outcome, outer.cancelled]).toEqual(['fulfilled', true]);
  });

  test('that was asked for before the await', async () => {
    const inner = createTask(after(1000, 1));
    const outer = createTask(async () => inner);
    outer.cancel();
    await pass(0);
    expect([inner.cancelled, outer.cancelled]).toEqual([true, true]);
  });

  test('a settled task is not awaited, and so it is delivered at the next wait', async () => {
    const inner = createTask(() => 1);
    await inner;
    const log: unknown[] = [];
    const outer = createTask(async () => {
      log.push(await inner);
      await sleep(1000);
    });
    outer.cancel();
    await pass(0);
    expect([log, outer.cancelled]).toEqual([[1], true]);
  });
});

describe('cancel(), cancelling() and uncancel()', () => {
  test('count how often it was asked', async () => {
    const task = createTask(async () => {
      for (let index = 0; index < 2; index++) await sleep(1000).catch(() => {});
      await sleep(10);
    });
    const counts: number[] = [task.cancelling()];
    for (let index = 0; index < 2; index++) {
      task.cancel();
      await pass(0);
      counts.push(task.cancelling());
    }
    counts.push(task.uncancel(), task.uncancel(), task.uncancel());
    await pass(10);
    expect([counts, task.settlement?.outcome]).toEqual([[0, 1, 2, 1, 0, 0], 'fulfilled']);
  });

  test('a second cancellation ends the clean-up of the first', async () => {
    const log: string[] = [];
    const task = createTask(async () => {
      try {
        await sleep(1000);
      } finally {
        log.push('cleans up');
        await sleep(1000);
        log.push('cleaned up');
      }
    });
    task.cancel();
    await pass(0);
    task.cancel();
    await pass(0);
    expect([log, task.cancelled]).toEqual([['cleans up'], true]);
  });

  test('uncancel takes back what was not delivered', async () => {
    const task = createTask(async () => {
      await Promise.resolve();
      await sleep(10);
      return 'went on';
    });
    task.cancel();
    expect(task.uncancel()).toBe(0);
    await pass(10);
    expect(task.result()).toBe('went on');
  });

  test('after the last uncancel the signal is a fresh one, and the old one stays aborted', async () => {
    const task = createTask(after(10, 1));
    const old = task.signal;
    task.cancel();
    task.uncancel();
    expect([old.aborted, task.signal.aborted, task.signal === old]).toEqual([true, false, false]);
    await pass(0);
    expect(task.cancelled).toBe(true); // its wait has ended: what it was cancelled with is no error
  });

  test('a CancelledError of somebody else’s after uncancel is an error', async () => {
    const task = createTask(async () => {
      await sleep(1000).catch(() => {});
      throw new CancelledError('somebody else’s');
    });
    task.catch(() => {});
    task.cancel();
    task.uncancel();
    await pass(0);
    expect(task.settlement?.outcome).toBe('rejected');
  });

  test('a wait that the signal of its task ends has delivered the cancellation: the clean-up is not disturbed', async () => {
    const log: string[] = [];
    const task = createTask(async ({ signal }) => {
      try {
        await sleep(1000, { signal });
      } finally {
        await sleep(10);
        log.push('cleaned up');
      }
    });
    task.cancel();
    await pass(10);
    expect([log, task.cancelled]).toEqual([['cleaned up'], true]);
  });

  test('cancel of a settled task does nothing', async () => {
    const task = createTask(() => 1);
    await task;
    expect([task.cancel(), task.cancelling(), task.uncancel(), task.result()]).toEqual([false, 0, 0, 1]);
  });

  test('a CancelledError as the reason is thrown as it is; anything else is its cause', async () => {
    const error = new CancelledError('mine');
    const tasks = [createTask(after(10, 1)), createTask(after(10, 1))];
    tasks[0]?.cancel(error);
    tasks[1]?.cancel('why');
    expect(await rejection(tasks[0] as Task)).toBe(error);
    expect(((await rejection(tasks[1] as Task)) as CancelledError).cause).toBe('why');
  });
});

describe('cancellation reaches every wait of ours', () => {
  test.each<[string, () => Promise<unknown>]>([
    ['sleep', () => sleep(1000)],
    [
      'lock',
      async () => {
        const lock = new Lock();
        await lock.acquire();
        await lock.acquire();
      },
    ],
    ['queue get', () => new Queue().get()],
    [
      'queue put',
      async () => {
        const queue = new Queue({ maxsize: 1 });
        await queue.put(1);
        await queue.put(2);
      },
    ],
    [
      'queue join',
      async () => {
        const queue = new Queue();
        await queue.put(1);
        await queue.join();
      },
    ],
  ])('%s', async (_what, wait) => {
    const task = createTask(wait);
    await pass(0);
    task.cancel();
    await pass(0);
    expect(task.cancelled).toBe(true);
  });

  test('staggered: each of ten tasks is cancelled at its own time, and only then', async () => {
    const log: string[] = [];
    const tasks = Array.from({ length: 10 }, (_, index) => createTask(waiting(log, String(index))));
    const seen: number[] = [];
    for (const task of tasks) {
      task.cancel();
      await pass(1);
      seen.push(tasks.filter(({ done }) => done).length);
    }
    expect([seen, log.length]).toEqual([[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 10]);
  });
});

test('a task that declines stands in the report with how often and since when it was asked', async () => {
  const task = createTask(async () => sleep(1000).catch(() => sleep(10)), { name: 'stubborn' });
  const request = (): unknown => takeReport().tasks.find(({ id }) => id === task.id)?.cancelRequest;
  const before = request();
  task.cancel();
  await pass(0);
  expect([before, request()]).toEqual([undefined, { count: 1, forMs: expect.any(Number) as number }]);
  await pass(10);
});

test('a task that was cancelled and fails in a way that nobody sees is an unhandled rejection, as ever', async () => {
  const unhandled = vi.fn();
  process.once('unhandledRejection', unhandled);
  const listeners = process.listeners('unhandledRejection').filter((listener) => listener !== unhandled);
  for (const listener of listeners) process.off('unhandledRejection', listener);
  createTask(failAfter(1, 'unseen'));
  await pass(1);
  await pass(0);
  for (const listener of listeners) process.on('unhandledRejection', listener);
  expect(unhandled.mock.calls.map(([error]) => (error as Error).message)).toEqual(['unseen']);
});
