// Iterators of queues, as `for await` uses them and as other code may.
import { afterEach, expect, test } from 'vitest';
import { createTask, Queue, QueueShutDownError } from '../../../src/index.ts';
import { recordMessages } from '../../support/messages.ts';
import { expectNothingLeft, rejection, turn } from '../../support/turn.ts';

afterEach(expectNothingLeft);

test('messages of an iteration that waits, takes, and ends with the queue', async () => {
  const queue = new Queue<number>({ name: 'orders' });
  const { stop } = recordMessages();
  createTask(
    async () => {
      for await (const _ of queue) queue.taskDone();
    },
    { name: 'consumer' },
  );
  queue.putNowait(1);
  queue.putNowait(2);
  await turn();
  queue.shutdown();
  await turn();
  expect(stop()).toEqual([
    'task consumer created',
    'consumer waits to get orders',
    '(main) put 1 into orders',
    'consumer took 1 from orders',
    'consumer waited to get orders',
    '(main) put 2 into orders',
    'consumer is done with one of orders',
    'consumer took 2 from orders',
    'consumer is done with one of orders',
    'consumer waits to get orders',
    'consumer waited to get orders',
    'task consumer fulfilled',
  ]);
});

test('return ends a next that waits, and the next item goes to somebody else', async () => {
  const queue = new Queue<number>();
  const iterator = queue[Symbol.asyncIterator]();
  const waiting = iterator.next();
  const other = queue.get();
  expect(await iterator.return?.()).toEqual({ value: undefined, done: true });
  queue.putNowait(1);
  expect([await waiting, await other, await iterator.next()]).toEqual([
    { value: undefined, done: true },
    1,
    { value: undefined, done: true },
  ]);
});

test('return ends only what its own iterator waits for', async () => {
  const queue = new Queue<number>();
  const [one, other] = [queue[Symbol.asyncIterator](), queue[Symbol.asyncIterator]()];
  const waiting = [one.next(), other.next(), one.next()];
  await one.return?.();
  queue.putNowait(1);
  expect(await Promise.all(waiting)).toEqual([
    { value: undefined, done: true },
    { value: 1, done: false },
    { value: undefined, done: true },
  ]);
});

test('return in the turn of a hand-over leaves the item to the next that was handed it', async () => {
  const queue = new Queue<number>();
  const iterator = queue[Symbol.asyncIterator]();
  const waiting = iterator.next();
  queue.putNowait(1);
  void iterator.return?.();
  expect([await waiting, queue.empty]).toEqual([{ value: 1, done: false }, true]);
});

test('several iterations share the items, each in turn', async () => {
  const queue = new Queue<number>();
  const got: number[][] = [[], []];
  const consumers = got.map((mine) =>
    createTask(async () => {
      for await (const item of queue) mine.push(item);
    }),
  );
  for (const item of [1, 2, 3, 4]) {
    queue.putNowait(item);
    await turn();
  }
  queue.shutdown();
  await Promise.all(consumers);
  expect(got).toEqual([
    [1, 3],
    [2, 4],
  ]);
});

test('a QueueShutDownError of the body is no end of the iteration', async () => {
  const queue = new Queue<number>();
  queue.putNowait(1);
  queue.shutdown();
  const error = new QueueShutDownError('another queue');
  const iterating = (async () => {
    for await (const _ of queue) throw error;
  })();
  expect(await rejection(iterating)).toBe(error);
});

test('an iterator is its own iterable, and disposing of it returns', async () => {
  const queue = new Queue<number>();
  queue.putNowait(1);
  queue.putNowait(2);
  const iterator = queue[Symbol.asyncIterator]();
  expect(iterator[Symbol.asyncIterator]()).toBe(iterator);
  for await (const item of iterator) {
    expect(item).toBe(1);
    break;
  }
  expect([await iterator.next(), queue.depth]).toEqual([{ value: undefined, done: true }, 1]);
});

test('a cancelled iteration may go on with the same queue', async () => {
  const queue = new Queue<number>();
  const got: unknown[] = [];
  const consumer = createTask(async () => {
    for (let round = 0; round < 2; round++) {
      try {
        for await (const item of queue) got.push(item);
      } catch {
        got.push('cancelled');
      }
    }
  });
  consumer.cancel();
  await turn();
  queue.putNowait(1);
  await turn();
  queue.shutdown();
  await consumer;
  expect(got).toEqual(['cancelled', 1]);
});

test('to leave a loop costs the same however many wait for items', async () => {
  const queue = new Queue<number>();
  const waiting = Array.from({ length: 10_000 }, () => queue[Symbol.asyncIterator]().next());
  const began = performance.now();
  for (let count = 0; count < 10_000; count++) await queue[Symbol.asyncIterator]().return?.();
  expect(performance.now() - began).toBeLessThan(3000); // it was 8,000 ms where each looked through all that wait
  queue.shutdown();
  await Promise.all(waiting);
});
