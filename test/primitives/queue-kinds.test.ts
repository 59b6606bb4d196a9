// What holds for every queue, whatever it orders its items by.
import { inspect } from 'node:util';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createTask, Queue, sleep, type Task } from '../../src/index.ts';
import { queueKinds } from '../support/queue-kinds.ts';
import { expectNothingLeft, microtasks, rejection, turn } from '../support/turn.ts';

afterEach(async () => {
  vi.useRealTimers();
  await expectNothingLeft();
});

const shutDown = expect.objectContaining({ code: 'ERR_LOOPSCOPE_QUEUE_SHUT_DOWN' }) as unknown;
const cancelled = expect.objectContaining({ code: 'ERR_LOOPSCOPE_CANCELLED' }) as unknown;
const timedOut = expect.objectContaining({ code: 'ERR_LOOPSCOPE_TIMEOUT' }) as unknown;

describe.each(queueKinds)('a $kind', ({ kind, make, next }) => {
  const [className = ''] = kind.split(' ');

  function inOrder(items: readonly number[]): number[] {
    const rest = [...items];
    return items.map(() => rest.splice(next(rest), 1)[0] as number);
  }

  test('is a Queue, of resource kind queue, and says its class', () => {
    const queue = make({ name: 'orders' });
    expect([queue instanceof Queue, queue.kind, Object.prototype.toString.call(queue)]).toEqual([
      true,
      'queue',
      `[object ${className}]`,
    ]);
  });

  test('says in one line what is in it and who waits', async () => {
    const queue = make({ name: 'orders', maxsize: 2 });
    const lines = [inspect(queue)];
    const getters = [queue.get(), queue.get()];
    lines.push(inspect(queue));
    for (const item of [1, 2, 3, 4]) queue.putNowait(item);
    const putter = queue.put(5);
    lines.push(inspect({ queue }));
    queue.getNowait();
    queue.shutdown();
    lines.push(inspect(queue));
    expect(lines).toEqual([
      `<${className} orders 0 of 2>`,
      `<${className} orders 0 of 2, 2 getters>`,
      `{ queue: <${className} orders 2 of 2, 1 putter, 4 unfinished> }`,
      `<${className} orders 2 of 2, 5 unfinished, shut down>`,
    ]);
    await Promise.all([...getters, putter]);
    expect(inspect(make())).toBe(`<${className} queue 0>`);
  });

  test('is empty, then neither, then full', () => {
    const queue = make({ maxsize: 2 });
    const states = [1, 2].map((item) => {
      const state = [queue.depth, queue.empty, queue.full];
      queue.putNowait(item);
      return state;
    });
    expect([...states, [queue.depth, queue.empty, queue.full]]).toEqual([
      [0, true, false],
      [1, false, false],
      [2, false, true],
    ]);
  });

  test('without maxsize is never full', () => {
    const queue = make();
    for (let item = 0; item < 1000; item++) queue.putNowait(item);
    expect([queue.maxsize, queue.full, queue.statistics().capacity]).toEqual([Infinity, false, null]);
  });

  test('gives its items in its order, with get, getNowait and iteration alike', async () => {
    const items = [13, 1, 22, 12, 3, 31, 2, 11, 30];
    const filled = (): Queue<number> => {
      const queue = make();
      for (const item of items) queue.putNowait(item);
      queue.shutdown();
      return queue;
    };
    const [one, other, third] = [filled(), filled(), filled()];
    const awaited: number[] = [];
    while (!one.empty) awaited.push(await one.get());
    const iterated: number[] = [];
    for await (const item of third) iterated.push(item);
    const expected = inOrder(items);
    expect([awaited, items.map(() => other.getNowait()), iterated]).toEqual([expected, expected, expected]);
  });

  test('keeps its order over a thousand items that come and go', () => {
    const queue = make();
    const inIt: number[] = [];
    const got: number[] = [];
    const expected: number[] = [];
    for (let step = 0; step < 3000; step++) {
      const item = (step * 7919) % 1009;
      if (step % 3 < 2) {
        queue.putNowait(item);
        inIt.push(item);
        continue;
      }
      got.push(queue.getNowait());
      expected.push(...inIt.splice(next(inIt), 1));
    }
    expect([got, queue.depth]).toEqual([expected, inIt.length]);
  });

  test('lets put wait while it is full, and serves putters in order of asking', async () => {
    const queue = make({ maxsize: 1 });
    const done: number[] = [];
    const puts = [5, 4, 3].map(async (item) => queue.put(item).then(() => done.push(item)));
    await turn();
    expect([done, queue.statistics().putters]).toEqual([[5], 2]);
    const got = [queue.getNowait(), queue.getNowait()];
    await Promise.all(puts);
    expect([done, got, queue.getNowait()]).toEqual([[5, 4, 3], [5, 4], 3]);
  });

  test('lets get wait while it is empty, and serves getters in order of asking with what is put next', async () => {
    const queue = make();
    const gets = [queue.get(), queue.get(), queue.get()];
    for (const item of [3, 2, 1]) queue.putNowait(item);
    expect([await Promise.all(gets), queue.empty]).toEqual([[3, 2, 1], true]);
  });

  test('serves a get that comes after a hand-over, but before the getter has gone on, from what is left', async () => {
    const queue = make();
    const first = queue.get();
    queue.putNowait(1);
    expect(() => queue.getNowait()).toThrow('queue queue is empty');
    queue.putNowait(2);
    expect([queue.getNowait(), await first]).toEqual([2, 1]);
  });

  test('refuses what cannot be done now', async () => {
    const queue = make({ maxsize: 1 });
    expect(() => queue.getNowait()).toThrow(expect.objectContaining({ code: 'ERR_LOOPSCOPE_QUEUE_EMPTY' }));
    queue.putNowait(1);
    expect(() => queue.putNowait(2)).toThrow(expect.objectContaining({ code: 'ERR_LOOPSCOPE_QUEUE_FULL' }));
    expect(await queue.get()).toBe(1);
  });

  test('takes a getter that is cancelled out of the line', async () => {
    const queue = make();
    const getters = [1, 2, 3].map(() => createTask(async () => queue.get()));
    getters[1]?.cancel();
    for (const item of [1, 2, 3]) queue.putNowait(item);
    expect(await Promise.allSettled(getters)).toEqual([
      { status: 'fulfilled', value: 1 },
      { status: 'rejected', reason: cancelled },
      { status: 'fulfilled', value: 2 },
    ]);
    expect(queue.getNowait()).toBe(3);
  });

  test('does not put what a putter brought that is cancelled', async () => {
    const queue = make({ maxsize: 1 });
    queue.putNowait(1);
    const putters = [2, 3, 4].map((item) => createTask(async () => queue.put(item)));
    putters[1]?.cancel();
    const got = [queue.getNowait(), queue.getNowait(), queue.getNowait()];
    expect([got, queue.empty, await rejection(putters[1] as Task)]).toEqual([[1, 2, 4], true, cancelled]);
    await Promise.allSettled(putters);
  });

  test.each(['before', 'after'] as const)(
    'loses nothing when a getter is cancelled in the turn of the put, %s it',
    async (when) => {
      const queue = make();
      const got: number[] = [];
      const getter = createTask(async () => {
        got.push(await queue.get());
        await sleep(0);
      });
      if (when === 'before') getter.cancel();
      queue.putNowait(1);
      getter.cancel();
      expect(await rejection(getter)).toEqual(cancelled);
      while (!queue.empty) got.push(queue.getNowait());
      expect(got).toEqual([1]);
    },
  );

  test.each(['before', 'after'] as const)(
    'puts once or not at all when a putter is cancelled in the turn of the get, %s it',
    async (when) => {
      const queue = make({ maxsize: 1 });
      queue.putNowait(1);
      let returned = false;
      const putter = createTask(async () => {
        await queue.put(2);
        returned = true;
        await sleep(0);
      });
      if (when === 'before') putter.cancel();
      queue.getNowait();
      putter.cancel();
      expect(await rejection(putter)).toEqual(cancelled);
      expect([returned, queue.depth]).toEqual(when === 'before' ? [false, 0] : [true, 1]);
    },
  );

  test('lets the next waiter have its turn when the one before gives up', async () => {
    vi.useFakeTimers();
    const queue = make({ maxsize: 1 });
    const early = rejection(queue.get({ timeout: 5 }));
    const late = queue.get({ timeout: 50 });
    vi.advanceTimersByTime(5);
    queue.putNowait(1);
    queue.putNowait(2);
    const giver = rejection(queue.put(3, { timeout: 5 }));
    const keeper = queue.put(4, { timeout: 50 });
    vi.advanceTimersByTime(5);
    expect([await early, await late, await giver, queue.getNowait()]).toEqual([timedOut, 1, timedOut, 2]);
    await keeper;
    expect([queue.getNowait(), vi.getTimerCount()]).toEqual([4, 0]);
  });

  test('ends put, get and join with the reason of an aborted signal', async () => {
    const queue = make({ maxsize: 1 });
    const controller = new AbortController();
    const { signal } = controller;
    const getter = rejection(queue.get({ signal }));
    controller.abort('enough');
    queue.putNowait(1);
    const other = new AbortController();
    const putter = rejection(queue.put(2, { signal: other.signal }));
    const joiner = rejection(queue.join({ signal: other.signal }));
    other.abort('enough too');
    const late = [queue.put(3, { signal }), queue.get({ signal }), queue.join({ signal })].map(rejection);
    expect(await Promise.all([getter, putter, joiner, ...late])).toEqual([
      'enough',
      'enough too',
      'enough too',
      'enough',
      'enough',
      'enough',
    ]);
    expect([queue.getNowait(), queue.empty]).toEqual([1, true]);
  });

  test('lets a task with a cancellation to deliver neither put nor take', async () => {
    const queue = make();
    queue.putNowait(1);
    const task = createTask(async () => {
      await turn();
      await queue.put(2).catch(() => {});
      task.cancel();
      return queue.get();
    });
    task.cancel();
    expect([await rejection(task), queue.depth]).toEqual([cancelled, 1]);
  });

  test('keeps nothing of waiters that gave up', async () => {
    const queue = make({ maxsize: 1 });
    for (let round = 0; round < 100; round++) {
      const getter = createTask(async () => queue.get());
      getter.cancel();
      await rejection(getter);
    }
    queue.putNowait(1);
    const putter = createTask(async () => queue.put(2));
    putter.cancel();
    await rejection(putter);
    expect(queue.statistics()).toEqual({
      kind: 'queue',
      depth: 1,
      capacity: 1,
      putters: 0,
      getters: 0,
      unfinished: 1,
      put: 1,
      taken: 0,
    });
  });

  test('gives frozen statistics', () => {
    expect(Object.isFrozen(make().statistics())).toBe(true);
  });

  test('is joined at once if nothing was put', async () => {
    expect(await make().join()).toBe(undefined);
  });

  test('counts what is done: once too often is an error', () => {
    const queue = make({ name: 'orders' });
    expect(() => queue.taskDone()).toThrow(expect.objectContaining({ code: 'ERR_LOOPSCOPE_STATE' }));
    queue.putNowait(1);
    queue.getNowait();
    queue.taskDone();
    expect(() => queue.taskDone()).toThrow('taskDone of queue orders was called more often than items were put');
  });

  test('is joined when two consumers have done all of a hundred items, and again after more', async () => {
    const queue = make({ maxsize: 5 });
    let sum = 0;
    const consumers = [1, 2].map(() =>
      createTask(async () => {
        for await (const item of queue) {
          sum += item;
          await microtasks(item % 3);
          queue.taskDone();
        }
      }),
    );
    for (const upTo of [100, 200]) {
      for (let item = upTo - 99; item <= upTo; item++) await queue.put(item);
      await queue.join();
      expect([sum, queue.empty]).toEqual([(upTo * (upTo + 1)) / 2, true]);
    }
    queue.shutdown();
    await Promise.all(consumers);
  });

  test('wakes all who join, in order', async () => {
    const queue = make();
    queue.putNowait(1);
    const woken: number[] = [];
    const joins = [1, 2, 3].map(async (name) => queue.join().then(() => woken.push(name)));
    queue.getNowait();
    queue.taskDone();
    await Promise.all(joins);
    expect(woken).toEqual([1, 2, 3]);
  });

  test('after a shutdown gives what is in it, and then ends', async () => {
    const queue = make();
    for (const item of [2, 1]) queue.putNowait(item);
    queue.shutdown();
    expect(await rejection(queue.put(3))).toEqual(shutDown);
    expect(() => queue.putNowait(3)).toThrow(shutDown);
    expect([await queue.get(), queue.getNowait()]).toEqual(inOrder([2, 1]));
    expect(await rejection(queue.get())).toEqual(shutDown);
    expect(() => queue.getNowait()).toThrow(shutDown);
    const joined = queue.join();
    queue.taskDone();
    queue.taskDone();
    await joined;
  });

  test('after an immediate shutdown gives nothing, and is joined when what was taken is done', async () => {
    const queue = make({ maxsize: 3 });
    for (const item of [3, 1, 2]) queue.putNowait(item);
    queue.getNowait();
    const waiting = [4, 5].map((item) => queue.put(item));
    await waiting[0];
    queue.shutdown(true);
    expect([await rejection(waiting[1] as Promise<void>), await rejection(queue.get())]).toEqual([shutDown, shutDown]);
    const { put, taken, unfinished } = queue.statistics();
    expect([queue.depth, put, taken, unfinished]).toEqual([0, 4, 1, 1]);
    const joined = queue.join();
    queue.taskDone();
    await joined;
  });

  test('may be shut down again, immediately the second time', async () => {
    const queue = make();
    queue.putNowait(1);
    queue.shutdown();
    const joined = queue.join();
    queue.shutdown(true);
    queue.shutdown();
    await joined;
    expect([queue.empty, await rejection(queue.get())]).toEqual([true, shutDown]);
  });

  test('rejects all who wait to get when it is shut down, and ends all who iterate', async () => {
    const queue = make();
    const getters = [rejection(queue.get()), rejection(queue.get())];
    const iterating = [1, 2].map(async () => {
      for await (const _ of queue) expect.unreachable();
      return 'ended';
    });
    queue.shutdown();
    expect(await Promise.all([...getters, ...iterating])).toEqual([shutDown, shutDown, 'ended', 'ended']);
  });

  test('is left by break with every other item still in it', async () => {
    const queue = make();
    for (const item of [3, 1, 2]) queue.putNowait(item);
    const got: number[] = [];
    for await (const item of queue) {
      got.push(item);
      break;
    }
    while (!queue.empty) got.push(queue.getNowait());
    expect([got, queue.statistics().getters]).toEqual([inOrder([3, 1, 2]), 0]);
  });

  test.each([
    [{ maxsize: 0 }, 'maxsize must be a number of at least 1, got 0'],
    [{ maxsize: 1.5 }, 'maxsize must be a whole number or Infinity, got 1.5'],
    [{ maxsize: NaN }, 'maxsize must be a number of at least 1, got NaN'],
    [{ name: 5 as unknown as string }, 'name must be a string, got 5'],
  ])('is not made with %j', (options, message) => {
    expect(() => make(options)).toThrow(expect.objectContaining({ code: 'ERR_LOOPSCOPE_ARGUMENT', message }));
  });

  test.each([
    [{ timeout: -1 }, 'timeout must be a number of at least 0, got -1'],
    [{ timeout: '5' }, 'timeout must be a number of at least 0, got "5"'],
    [{ signal: {} }, 'signal must be an AbortSignal, got a value of type object'],
    [5, 'options must be an object, got 5'],
  ])('rejects put, get and join with %j, also where there is no wait', async (options, message) => {
    const queue = make();
    queue.putNowait(1);
    const wrong = expect.objectContaining({ code: 'ERR_LOOPSCOPE_ARGUMENT', message }) as unknown;
    const given = options as object;
    expect(await Promise.all([queue.put(2, given), queue.get(given), queue.join(given)].map(rejection))).toEqual([
      wrong,
      wrong,
      wrong,
    ]);
    expect(queue.depth).toBe(1);
  });
});
