import { afterEach, expect, test } from 'vitest';
import { createTask, Queue } from '../../../src/index.ts';
import { recordMessages } from '../../support/messages.ts';
import { expectNothingLeft, microtasks, rejection, turn } from '../../support/turn.ts';

afterEach(expectNothingLeft);

const shutDown = expect.objectContaining({ code: 'ERR_LOOPSCOPE_QUEUE_SHUT_DOWN' }) as unknown;

test('messages of those who join and of a shutdown', async () => {
  const queue = new Queue<string>({ name: 'orders', maxsize: 1 });
  queue.putNowait('a');
  const { stop } = recordMessages();
  createTask(async () => queue.join(), { name: 'joiner' });
  createTask(async () => queue.put('b').catch(() => {}), { name: 'putter' });
  queue.shutdown(true);
  createTask(async () => queue.get().catch(() => {}), { name: 'late' });
  await turn();
  expect(stop()).toEqual([
    'task joiner created',
    'joiner waits to join orders',
    'task putter created',
    'putter waits to put orders',
    'joiner waited to join orders',
    'putter was refused by orders',
    'putter waited to put orders',
    'task late created',
    'task joiner fulfilled',
    'task putter fulfilled',
    'task late fulfilled',
  ]);
});

test('after a shutdown nothing can be put, what is in the queue can be taken, and then get rejects', async () => {
  const queue = new Queue<number>({ name: 'orders', maxsize: 2 });
  for (const item of [1, 2]) queue.putNowait(item);
  const waiting = rejection(queue.put(3));
  const joined = queue.join();
  queue.shutdown();
  queue.shutdown();
  expect([await waiting, await rejection(queue.put(4))]).toEqual([shutDown, shutDown]);
  expect(() => queue.putNowait(5)).toThrow('queue orders is shut down');
  expect([await queue.get(), queue.getNowait()]).toEqual([1, 2]);
  expect(await rejection(queue.get())).toEqual(shutDown);
  expect(() => queue.getNowait()).toThrow('queue orders is shut down');
  queue.taskDone();
  queue.taskDone();
  await joined;
});

test('an immediate shutdown drops the items, counts them as done, and rejects those who wait', async () => {
  const full = new Queue<number>({ maxsize: 1 });
  full.putNowait(1);
  const putter = rejection(full.put(2));
  const joined = full.join();
  full.shutdown(true);
  await joined;
  const empty = new Queue<number>();
  const getter = rejection(empty.get());
  empty.shutdown();
  expect([await putter, await getter, full.statistics().unfinished, full.depth]).toEqual([shutDown, shutDown, 0, 0]);
});

test('an immediate shutdown leaves the taken items to their takers', async () => {
  const queue = new Queue<number>();
  for (const item of [1, 2, 3]) queue.putNowait(item);
  queue.getNowait();
  let joined = false;
  const join = queue.join().then(() => (joined = true));
  queue.shutdown(true);
  await turn();
  expect([joined, queue.statistics().unfinished]).toEqual([false, 1]);
  queue.taskDone();
  await join;
});

test('taskDone before the item was taken does not make the count of an immediate shutdown negative', () => {
  const queue = new Queue<number>();
  for (const item of [1, 2]) queue.putNowait(item);
  queue.taskDone();
  queue.shutdown(true);
  expect(queue.statistics().unfinished).toBe(0);
});

test('iteration ends when the queue is shut down and empty', async () => {
  const queue = new Queue<number>({ maxsize: 1 });
  const got: number[] = [];
  const consumer = createTask(async () => {
    for await (const item of queue) {
      got.push(item);
      queue.taskDone();
    }
    return 'ended';
  });
  for (const item of [1, 2, 3]) await queue.put(item);
  await queue.join();
  queue.shutdown();
  expect([await consumer, got]).toEqual(['ended', [1, 2, 3]]);
});

test('break out of an iteration loses no item and leaves no waiter', async () => {
  const queue = new Queue<number>();
  for (const item of [1, 2, 3]) queue.putNowait(item);
  for await (const item of queue) if (item === 2) break;
  expect([queue.getNowait(), queue.empty, queue.statistics().getters]).toEqual([3, true, 0]);
});

test('an iteration hands on a cancellation and an error of its body', async () => {
  const queue = new Queue<number>();
  const task = createTask(async () => {
    for await (const _ of queue);
  });
  await microtasks(1);
  task.cancel();
  expect(await rejection(task)).toMatchObject({ code: 'ERR_LOOPSCOPE_CANCELLED' });
  queue.putNowait(1);
  const failing = createTask(async () => {
    for await (const item of queue) throw new Error(`no ${item}`);
  });
  expect(await rejection(failing)).toEqual(new Error('no 1'));
});
