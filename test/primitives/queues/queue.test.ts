import { afterEach, expect, test, vi } from 'vitest';
import { createTask, Queue, sleep } from '../../../src/index.ts';
import { recordMessages } from '../../support/messages.ts';
import { expectNothingLeft, rejection, turn } from '../../support/turn.ts';

afterEach(expectNothingLeft);

test('messages of a producer that waits for room and of a consumer that waits for an item', async () => {
  const { stop } = recordMessages();
  const queue = new Queue<string>({ name: 'orders', maxsize: 1 });
  createTask(
    async () => {
      for (const item of ['a', 'b', 'c']) await queue.put(item);
    },
    { name: 'producer' },
  );
  await turn();
  createTask(
    async () => {
      for (let count = 0; count < 4; count++) await queue.get();
    },
    { name: 'consumer' },
  );
  await turn();
  queue.putNowait('d');
  await turn();
  expect(stop()).toEqual([
    'queue orders created',
    'task producer created',
    'producer put 1 into orders',
    'producer waits to put orders',
    'task consumer created',
    'consumer took 1 from orders',
    'producer put 2 into orders',
    'producer waited to put orders',
    'producer waits to put orders',
    'consumer took 2 from orders',
    'producer put 3 into orders',
    'producer waited to put orders',
    'consumer took 3 from orders',
    'task producer fulfilled',
    'consumer waits to get orders',
    '(main) put 4 into orders',
    'consumer took 4 from orders',
    'consumer waited to get orders',
    'task consumer fulfilled',
  ]);
});

test('items come out in the order in which they were put, buffered ones before those of waiting putters', async () => {
  const queue = new Queue<number>({ maxsize: 2 });
  const puts = [1, 2, 3, 4, 5].map(async (item) => queue.put(item));
  const got: number[] = [];
  for (let count = 0; count < 5; count++) {
    got.push(queue.getNowait());
    if (count === 1) puts.push(queue.put(6));
  }
  await Promise.all(puts);
  got.push(await queue.get());
  expect([got, queue.empty]).toEqual([[1, 2, 3, 4, 5, 6], true]);
});

test('getters are served in order of asking', async () => {
  const queue = new Queue<number>();
  const gets = [queue.get(), queue.get(), queue.get()];
  for (const item of [1, 2, 3, 4]) queue.putNowait(item);
  expect(await Promise.all(gets)).toEqual([1, 2, 3]);
  expect(queue.getNowait()).toBe(4);
});

test('undefined, null, promises of tasks and NaN are items like others', async () => {
  const queue = new Queue<unknown>();
  for (const item of [undefined, null, NaN, 0, '']) queue.putNowait(item);
  const items = [await queue.get(), queue.getNowait(), await queue.get(), queue.getNowait(), await queue.get()];
  const waiting = queue.get();
  queue.putNowait(undefined);
  items.push(await waiting);
  expect(items).toEqual([undefined, null, NaN, 0, '', undefined]);
});

test('a buffer that grows and shrinks keeps the order', () => {
  const queue = new Queue<number>();
  const got: number[] = [];
  let next = 0;
  for (const [puts, gets] of [
    [15, 15],
    [1, 0],
    [100, 90],
    [1000, 1011],
    [17, 0],
    [40, 57],
  ] as const) {
    for (let count = 0; count < puts; count++) queue.putNowait(next++);
    for (let count = 0; count < gets; count++) got.push(queue.getNowait());
  }
  expect(got).toEqual(Array.from({ length: next }, (_, index) => index));
});

test('what cannot be done now is an error with a code', () => {
  const queue = new Queue<number>({ name: 'orders', maxsize: 1 });
  expect(() => queue.getNowait()).toThrow(
    expect.objectContaining({ code: 'ERR_LOOPSCOPE_QUEUE_EMPTY', message: 'queue orders is empty' }),
  );
  queue.putNowait(1);
  expect(() => queue.putNowait(2)).toThrow(
    expect.objectContaining({ code: 'ERR_LOOPSCOPE_QUEUE_FULL', message: 'queue orders is full: 1 of 1' }),
  );
});

test('join waits for taskDone of every item that was put; once too often is an error', async () => {
  const queue = new Queue<number>({ name: 'orders' });
  await queue.join();
  for (const item of [1, 2]) queue.putNowait(item);
  const joined: string[] = [];
  const joins = ['a', 'b'].map(async (name) => queue.join().then(() => joined.push(name)));
  queue.getNowait();
  queue.taskDone();
  await turn();
  expect([joined, queue.statistics().unfinished]).toEqual([[], 1]);
  queue.taskDone();
  await Promise.all(joins);
  expect(joined).toEqual(['a', 'b']);
  expect(() => queue.taskDone()).toThrow(
    expect.objectContaining({
      code: 'ERR_LOOPSCOPE_STATE',
      message: 'taskDone of queue orders was called more often than items were put',
    }),
  );
});

test('the last taker is who took last, also by hand-over', async () => {
  const queue = new Queue<number>();
  const consumer = createTask(async () => queue.get(), { name: 'consumer' });
  expect(queue.lastTaker).toBe(null);
  queue.putNowait(1);
  expect(queue.lastTaker).toBe(consumer);
  await consumer;
  queue.putNowait(2);
  queue.getNowait();
  expect(queue.lastTaker?.id).toBe(0);
});

test('a cancellation in the same turn as a hand-over loses no item', async () => {
  const queue = new Queue<number>({ maxsize: 1 });
  const got: number[] = [];
  const getter = createTask(async () => {
    got.push(await queue.get());
    await sleep(0);
  });
  queue.putNowait(1);
  getter.cancel();
  await rejection(getter);

  queue.putNowait(2);
  const putter = createTask(async () => {
    await queue.put(3);
    await sleep(0);
  });
  got.push(queue.getNowait());
  putter.cancel();
  await rejection(putter);
  got.push(queue.getNowait());
  expect(got).toEqual([1, 2, 3]);
});

test('a putter that gives up does not put', async () => {
  vi.useFakeTimers();
  const queue = new Queue<number>({ name: 'orders', maxsize: 1 });
  queue.putNowait(1);
  const timed = rejection(queue.put(2, { timeout: 10 }));
  const kept = queue.put(3);
  vi.advanceTimersByTime(10);
  expect(await timed).toEqual(
    expect.objectContaining({ name: 'TimeoutError', message: 'put queue orders: timed out after 10 ms' }),
  );
  expect([queue.getNowait(), queue.getNowait(), queue.empty]).toEqual([1, 3, true]);
  await kept;
});

test.each<[unknown, string]>([
  [{ maxsize: 0 }, 'maxsize must be a number of at least 1, got 0'],
  [{ maxsize: 1.5 }, 'maxsize must be a whole number or Infinity, got 1.5'],
  [{ maxsize: '5' }, 'maxsize must be a number of at least 1, got "5"'],
  [{ name: ['a'] }, 'name must be a string, got an array'],
  ['orders', 'options must be an object, got "orders"'],
])('new Queue(%s) throws an ArgumentError', (options, message) => {
  expect(() => new Queue(options as object)).toThrow(
    expect.objectContaining({ code: 'ERR_LOOPSCOPE_ARGUMENT', message }),
  );
});
