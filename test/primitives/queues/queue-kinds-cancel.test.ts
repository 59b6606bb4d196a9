// Who gives up waiting for a queue, whatever it orders its items by: cancelled, aborted or timed out.
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createTask, sleep, type Task } from '../../../src/index.ts';
import { queueKinds } from '../../support/queue-kinds.ts';
import { expectNothingLeft, rejection, turn } from '../../support/turn.ts';

afterEach(expectNothingLeft);

const cancelled = expect.objectContaining({ code: 'ERR_LOOPSCOPE_CANCELLED' }) as unknown;
const timedOut = expect.objectContaining({ code: 'ERR_LOOPSCOPE_TIMEOUT' }) as unknown;

describe.each(queueKinds)('a $kind', ({ make }) => {
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
});
