import { inspect } from 'node:util';
import { afterEach, expect, test, vi } from 'vitest';
import { Condition, createTask, currentTask, Lock, NotHolderError, sleep, type Task } from '../../../src/index.ts';
import { recordMessages } from '../../support/messages.ts';
import { expectNothingLeft, microtasks, rejection } from '../../support/turn.ts';

afterEach(expectNothingLeft);

/** Tasks that wait once each, and write their number down. */
function waiters(condition: Condition, count: number, order: number[]): Task[] {
  return Array.from({ length: count }, (_, index) =>
    createTask(
      async () =>
        condition.run(async () => {
          await condition.wait();
          order.push(index);
        }),
      { name: `waiter ${index}` },
    ),
  );
}

test('messages of a task that waits and one that notifies', async () => {
  const { stop } = recordMessages();
  const changed = new Condition({ name: 'changed' });
  const a = createTask(async () => changed.run(async () => changed.wait()), { name: 'a' });
  const b = createTask(
    async () =>
      changed.run(async () => {
        changed.notify();
        await microtasks(3);
      }),
    { name: 'b' },
  );
  await microtasks(20);
  expect([a.done, b.done]).toEqual([true, true]);
  expect(stop()).toEqual([
    'lock changed created',
    'condition changed created',
    'task a created',
    'a holds changed',
    'a released changed',
    'a waits to wait changed',
    'task b created',
    'b holds changed',
    'a waited to wait changed',
    'a waits to acquire changed',
    'b released changed',
    'a holds changed',
    'a waited to acquire changed',
    'task b fulfilled',
    'a released changed',
    'task a fulfilled',
  ]);
});

test('who waits does not hold the lock, and holds it again afterwards', async () => {
  const condition = new Condition();
  const task = createTask(async () => {
    await condition.acquire();
    await condition.wait();
    expect(condition.lock.holder).toBe(task);
    condition.release();
  });
  await microtasks(5);
  expect([condition.locked, condition.statistics()]).toEqual([false, { kind: 'condition', waiters: 1 }]);
  await condition.run(() => condition.notify());
  await task;
  expect(condition.locked).toBe(false);
});

test('a woken task goes on when it gets the lock, not before', async () => {
  const condition = new Condition();
  const order: number[] = [];
  const [task] = waiters(condition, 1, order);
  const permit = await condition.acquire();
  condition.notify();
  await microtasks(10);
  expect([order, condition.lock.statistics().waiters]).toEqual([[], 1]);
  permit.release();
  await task;
  expect(order).toEqual([0]);
});

test('notify wakes one, in order of asking', async () => {
  const condition = new Condition();
  const order: number[] = [];
  const tasks = waiters(condition, 3, order);
  for (const expected of [[0], [0, 1], [0, 1, 2]]) {
    await condition.run(() => condition.notify());
    await microtasks(10);
    expect(order).toEqual(expected);
  }
  await Promise.all(tasks);
});

test('notify(n) wakes so many, notifyAll all', async () => {
  const condition = new Condition();
  const order: number[] = [];
  const tasks = waiters(condition, 6, order);
  await condition.run(() => condition.notify(0));
  await microtasks(20);
  expect(order).toEqual([]);
  await condition.run(() => condition.notify(2));
  await microtasks(20);
  expect(order).toEqual([0, 1]);
  await condition.run(() => condition.notifyAll());
  await Promise.all(tasks);
  expect(order).toEqual([0, 1, 2, 3, 4, 5]);
});

test('a notification that nobody waits for is not kept', async () => {
  const condition = new Condition();
  await condition.run(() => condition.notifyAll());
  const order: number[] = [];
  const tasks = waiters(condition, 1, order);
  await microtasks(10);
  expect(order).toEqual([]);
  await condition.run(() => condition.notify(5));
  await Promise.all(tasks);
});

test('the permit that was taken before the wait is good after it', async () => {
  const condition = new Condition();
  const task = createTask(async () => {
    const permit = await condition.acquire();
    const { since } = permit;
    await condition.wait();
    expect([[...condition.lock.holders()], permit.since >= since]).toEqual([[permit], true]);
    permit.release();
  });
  await condition.run(() => condition.notify());
  await task;
  expect(condition.locked).toBe(false);
});

test('wait, notify and release are for the holder of the lock; the error names who holds it', async () => {
  const condition = new Condition({ name: 'changed' });
  const holder = createTask(async () => condition.run(async () => sleep(Infinity)), { name: 'holder' });
  const errors = await createTask(
    async () => {
      const catching = (call: () => void): unknown => {
        try {
          return call();
        } catch (error) {
          return error;
        }
      };
      return [
        await rejection(condition.wait()),
        catching(() => condition.notify()),
        catching(() => condition.notifyAll()),
        catching(() => condition.release()),
      ].map((error) => (error as Error).message.replaceAll(/#\d+/g, '#'));
    },
    { name: 'other' },
  );
  expect(errors).toEqual([
    'condition changed is waited for by other #, but holder # holds lock changed',
    'condition changed is notified by other #, but holder # holds lock changed',
    'condition changed is notified by other #, but holder # holds lock changed',
    'lock changed is released by other #, but holder # holds it',
  ]);
  holder.cancel();
  await rejection(holder);
});

test('wait and notify without the lock are errors', async () => {
  const condition = new Condition({ name: 'changed' });
  expect(await rejection(condition.wait())).toEqual(
    new NotHolderError('condition changed is waited for, but nobody holds lock changed', null),
  );
  expect(() => condition.notify()).toThrow('condition changed is notified, but nobody holds lock changed');
  expect(() => condition.notifyAll()).toThrow(NotHolderError);
  expect(condition.statistics().waiters).toBe(0);
});

test('waitFor waits until the predicate is fulfilled, and returns what it returned', async () => {
  const condition = new Condition();
  const items: string[] = [];
  let asked = 0;
  const task = createTask(async () =>
    condition.run(async () =>
      condition.waitFor(() => {
        asked++;
        expect(condition.lock.holder).toBe(currentTask());
        return items[0];
      }),
    ),
  );
  await microtasks(5);
  await condition.run(() => condition.notify());
  await microtasks(10);
  expect([asked, task.done]).toEqual([2, false]);
  await condition.run(() => {
    items.push('apple');
    condition.notify();
  });
  expect([await task, asked]).toEqual(['apple', 3]);
});

test('waitFor does not wait if the predicate is fulfilled at once, and needs no lock then', async () => {
  const condition = new Condition();
  expect(await condition.waitFor(() => [1, 2, 3])).toEqual([1, 2, 3]);
  expect(await rejection(condition.waitFor(() => false))).toBeInstanceOf(NotHolderError);
});

test('waitFor takes a predicate that is asynchronous, and hands on what a predicate throws', async () => {
  const condition = new Condition();
  let ready = false;
  const task = createTask(async () => condition.run(async () => condition.waitFor(async () => ready)));
  await microtasks(10);
  expect([task.done, condition.statistics().waiters]).toEqual([false, 1]);
  await condition.run(() => {
    ready = true;
    condition.notify();
  });
  expect(await task).toBe(true);
  const failure = new Error('no');
  expect(await rejection(condition.run(async () => condition.waitFor(() => Promise.reject(failure))))).toBe(failure);
  expect(condition.locked).toBe(false);
});

test('the timeout of waitFor is for all of it, however often it is woken', async () => {
  vi.useFakeTimers();
  const condition = new Condition({ name: 'changed' });
  const failed = rejection(condition.run(async () => condition.waitFor(() => false, { timeout: 10 })));
  for (let index = 0; index < 3; index++) {
    await microtasks(10);
    vi.advanceTimersByTime(3);
    await condition.run(() => condition.notify());
  }
  await microtasks(20);
  expect(condition.statistics().waiters).toBe(1);
  vi.advanceTimersByTime(1);
  expect(await failed).toMatchObject({
    code: 'ERR_LOOPSCOPE_TIMEOUT',
    message: 'wait condition changed: timed out after 10 ms',
  });
  expect([condition.locked, vi.getTimerCount()]).toEqual([false, 0]);
});

test('waitFor with a timeout listens to a signal, and leaves no timer when it is fulfilled', async () => {
  vi.useFakeTimers();
  const condition = new Condition();
  const controller = new AbortController();
  let ready = false;
  const options = { timeout: 10, signal: controller.signal };
  const failed = rejection(condition.run(async () => condition.waitFor(() => false, options)));
  const waiting = condition.run(async () => condition.waitFor(() => ready, { timeout: 10 }));
  await microtasks(10);
  controller.abort('enough');
  expect(await failed).toBe('enough');
  await condition.run(() => {
    ready = true;
    condition.notifyAll();
  });
  expect([await waiting, vi.getTimerCount()]).toEqual([true, 0]);
});

/** What a wait is rejected with. */
const endings = {
  cancellation: expect.objectContaining({ code: 'ERR_LOOPSCOPE_CANCELLED' }) as unknown,
  signal: 'enough',
  timeout: expect.objectContaining({ code: 'ERR_LOOPSCOPE_TIMEOUT' }) as unknown,
};

test.each(['cancellation', 'signal', 'timeout'] as const)(
  'a wait that ends by %s holds the lock again first',
  async (how) => {
    vi.useFakeTimers();
    const condition = new Condition({ name: 'changed' });
    const controller = new AbortController();
    let error: unknown;
    const task = createTask(async () => {
      await condition.acquire();
      error = await rejection(condition.wait(how === 'timeout' ? { timeout: 5 } : { signal: controller.signal }));
      expect(condition.lock.holder).toBe(task);
      condition.release();
    });
    const permit = await condition.acquire();
    if (how === 'cancellation') task.cancel();
    else if (how === 'signal') controller.abort('enough');
    else vi.advanceTimersByTime(5);
    await microtasks(10);
    expect([error, condition.statistics().waiters, condition.lock.statistics().waiters]).toEqual([undefined, 0, 1]);
    permit.release();
    await task;
    expect(error).toEqual(endings[how]);
    expect(condition.locked).toBe(false);
  },
);

test('a cancellation while the lock is waited for again comes when it is held, as it was', async () => {
  const condition = new Condition();
  let caught: unknown;
  const task = createTask(async () =>
    condition.run(async () => {
      caught = await rejection(condition.wait());
      expect(condition.lock.holder).toBe(task);
      throw caught;
    }),
  );
  const permit = await condition.acquire();
  condition.notify();
  await microtasks(10);
  expect(task.waits?.on).toBe(condition.lock);
  task.cancel('enough');
  await microtasks(10);
  expect(caught).toBe(undefined);
  permit.release();
  expect(await rejection(task)).toBe(caught);
  expect(caught).toMatchObject({ code: 'ERR_LOOPSCOPE_CANCELLED', cause: 'enough' });
  expect(condition.locked).toBe(false);
});

test('of two cancellations, the one that came while the lock was waited for is thrown', async () => {
  const condition = new Condition();
  let caught: unknown;
  const task = createTask(async () =>
    condition.run(async () => {
      caught = await rejection(condition.wait());
    }),
  );
  const permit = await condition.acquire();
  task.cancel('first');
  await microtasks(10);
  task.cancel('second');
  permit.release();
  await task;
  expect(caught).toMatchObject({ cause: 'second' });
});

// CPython gh-112202
test.each([
  ['before it goes on', 0],
  ['while it waits for the lock', 10],
])('a notified task that is cancelled %s hands the notification on', async (_when, between) => {
  const condition = new Condition();
  let tokens = 0;
  const consumers = ['first', 'second'].map((name) =>
    createTask(
      async () =>
        condition.run(async () => {
          await condition.waitFor(() => tokens > 0);
          tokens--;
          return name;
        }),
      { name },
    ),
  );
  await microtasks(5);
  const permit = await condition.acquire();
  tokens++;
  condition.notify();
  await microtasks(between);
  consumers[0]?.cancel();
  permit.release();
  expect(await rejection(consumers[0] as Task)).toMatchObject({ code: 'ERR_LOOPSCOPE_CANCELLED' });
  expect([await consumers[1], tokens]).toEqual(['second', 0]);
});

test('a timeout and a signal that come after the notification are too late', async () => {
  vi.useFakeTimers();
  const condition = new Condition();
  const controller = new AbortController();
  const task = createTask(async () =>
    condition.run(async () => condition.wait({ timeout: 5, signal: controller.signal })),
  );
  const permit = await condition.acquire();
  condition.notify();
  controller.abort('late');
  vi.advanceTimersByTime(5);
  permit.release();
  expect(await task).toBe(undefined);
});

test('a waiter that was cancelled is not notified in place of the next', async () => {
  const condition = new Condition();
  const order: number[] = [];
  const tasks = waiters(condition, 3, order);
  await microtasks(5);
  tasks[0]?.cancel();
  await condition.run(() => condition.notify());
  await microtasks(10);
  expect(order).toEqual([1]);
  await condition.run(() => condition.notify());
  await Promise.allSettled(tasks);
  expect(order).toEqual([1, 2]);
});

test('a cancellation that is due comes before the wait: the lock is kept', async () => {
  const condition = new Condition();
  const task = createTask(async () => {
    await condition.acquire();
    await microtasks(3);
    await rejection(condition.wait());
    expect(condition.lock.holder).toBe(task);
    condition.release();
  });
  task.cancel();
  await task;
});

test('a wait that is cancelled while nobody awaits it is no unhandled rejection', async () => {
  const condition = new Condition();
  const task = createTask(async () =>
    condition.run(async () => {
      const wait = condition.wait();
      await microtasks(10);
      await wait;
    }),
  );
  task.cancel();
  expect(await rejection(task)).toMatchObject({ code: 'ERR_LOOPSCOPE_CANCELLED' });
  expect(condition.locked).toBe(false);
});

test('conditions may share a lock', async () => {
  const lock = new Lock({ name: 'buffer' });
  const notEmpty = new Condition({ lock, name: 'not empty' });
  const notFull = new Condition({ lock, name: 'not full' });
  const buffer: number[] = [];
  const consumed: number[] = [];
  const producer = createTask(async () => {
    for (let item = 0; item < 5; item++) {
      await lock.run(async () => {
        await notFull.waitFor(() => buffer.length < 1);
        buffer.push(item);
        notEmpty.notify();
      });
    }
  });
  const consumer = createTask(async () => {
    while (consumed.length < 5) {
      await lock.run(async () => {
        await notEmpty.waitFor(() => buffer.length > 0);
        consumed.push(buffer.shift() as number);
        notFull.notify();
      });
    }
  });
  await Promise.all([producer, consumer]);
  expect([consumed, notEmpty.lock, lock.locked]).toEqual([[0, 1, 2, 3, 4], lock, false]);
});

test('locked, acquire, tryAcquire, release and run are those of its lock', async () => {
  const condition = new Condition();
  await condition.acquire();
  expect([condition.locked, condition.lock.locked, condition.tryAcquire()]).toEqual([true, true, null]);
  condition.release();
  condition.tryAcquire()?.release();
  expect([await condition.run(() => 1), condition.locked]).toEqual([1, false]);
});

test('in one line it says whether its lock is held, and how many wait', async () => {
  const condition = new Condition({ name: 'changed' });
  const lines = [inspect(condition)];
  const tasks = waiters(condition, 2, []);
  const permit = await condition.acquire();
  lines.push(inspect(condition), inspect(condition.lock));
  condition.notifyAll();
  permit.release();
  await Promise.all(tasks);
  expect(lines).toEqual([
    '<Condition changed unlocked>',
    '<Condition changed locked, waiters: 2>',
    '<Lock changed locked>',
  ]);
});

test('arguments are checked', async () => {
  expect(() => new Condition('changed' as unknown as object)).toThrow('options must be an object, got "changed"');
  expect(() => new Condition({ lock: {} as unknown as Lock })).toThrow('lock must be a Lock of loopscope');
  const condition = new Condition();
  await condition.run(async () => {
    for (const wrong of [-1, 0.5, NaN, '1'])
      expect(() => condition.notify(wrong as number)).toThrow(
        expect.objectContaining({ code: 'ERR_LOOPSCOPE_ARGUMENT' }) as Error,
      );
    expect(await rejection(condition.wait({ timeout: -1 }))).toMatchObject({ code: 'ERR_LOOPSCOPE_ARGUMENT' });
    expect(await rejection(condition.waitFor(1 as unknown as () => void))).toMatchObject({
      message: 'the predicate of a condition must be a function, got 1',
    });
  });
  expect([condition.locked, Object.isFrozen(condition.statistics()), [...condition.holders()]]).toEqual([
    false,
    true,
    [],
  ]);
});
