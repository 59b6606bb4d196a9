// How work in a queue ends, whatever it orders its items by: taskDone, join and shutdown.
import { afterEach, describe, expect, test } from 'vitest';
import { createTask } from '../../../src/index.ts';
import { queueKinds } from '../../support/queue-kinds.ts';
import { expectNothingLeft, microtasks, rejection } from '../../support/turn.ts';

afterEach(expectNothingLeft);

const shutDown = expect.objectContaining({ code: 'ERR_LOOPSCOPE_QUEUE_SHUT_DOWN' }) as unknown;

describe.each(queueKinds)('a $kind', ({ make, inOrder }) => {
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
});
