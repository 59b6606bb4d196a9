import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import { Queue } from '../../../src/primitives/queues/queue.ts';
import { createTask } from '../../../src/primitives/tasks/task.ts';
import { wrapQueue } from '../../../instrumentation/wrap-queue.ts';
import { attributes, find, finished, lines, milliseconds, spansOfEachTest } from '../../support/ended-spans.ts';
import { turn } from '../../support/turn.ts';

spansOfEachTest();

test('a get is linked to the put of its item, each below the task that did it', async () => {
  const queue = new Queue<string>({ name: 'orders', maxsize: 5 });
  await createTask(() => queue.put('a'), { name: 'producer' });
  await createTask(() => queue.get(), { name: 'consumer' });
  expect(lines()).toEqual([
    'put orders PRODUCER, in run producer',
    'run producer INTERNAL',
    'get orders CLIENT, in run consumer, item put orders',
    'run consumer INTERNAL',
  ]);
  expect(attributes('put orders')).toEqual({
    'queue.name': 'orders',
    'queue.operation': 'put',
    'queue.size': 1,
    'queue.capacity': 5,
    'queue.blocked': false,
  });
  expect(attributes('get orders')).toEqual({
    'queue.name': 'orders',
    'queue.operation': 'get',
    'queue.size': 0,
    'queue.capacity': 5,
    'queue.blocked': false,
    'queue.item.wait_time': 'number',
  });
});

test('a get that waits lasts from asking to getting, below the task that waits', async () => {
  const queue = new Queue<string>({ name: 'orders' });
  const consumer = createTask(() => queue.get(), { name: 'consumer' });
  await turn();
  await createTask(() => queue.put('a'), { name: 'producer' });
  await consumer;
  expect(lines().toSorted()).toEqual([
    'get orders CLIENT, in run consumer, item put orders',
    'put orders PRODUCER, in run producer',
    'run consumer INTERNAL',
    'run producer INTERNAL',
  ]);
  const [get, put] = [find('get orders'), find('put orders')];
  expect(get.attributes['loopscope.queue.blocked']).toBe(true);
  expect(milliseconds(get.startTime)).toBeLessThan(milliseconds(put.startTime));
  expect(milliseconds(get.endTime)).toBeGreaterThanOrEqual(milliseconds(put.endTime));
});

test('a put that waits lasts until there is room, below the task that waits, and its get is linked to it', async () => {
  const queue = new Queue<number>({ name: 'narrow', maxsize: 1 });
  const producer = createTask(
    async () => {
      await queue.put(1);
      await queue.put(2);
    },
    { name: 'producer' },
  );
  await turn();
  await createTask(
    async () => {
      await queue.get();
      await queue.get();
    },
    { name: 'consumer' },
  );
  await producer;
  const puts = finished().filter((span) => span.name === 'put narrow');
  const gets = finished().filter((span) => span.name === 'get narrow');
  expect(puts.map((put) => put.attributes['loopscope.queue.blocked'])).toEqual([false, true]);
  expect(gets.map((get) => get.links[0]?.context.spanId)).toEqual(puts.map((put) => put.spanContext().spanId));
  const { spanId } = find('run producer').spanContext();
  expect(puts.map((put) => put.parentSpanContext?.spanId)).toEqual([spanId, spanId]);
});

test('a put or get in vain says how it ended, and is no error', async () => {
  const queue = new Queue<number>({ name: 'empty' });
  await Promise.allSettled([queue.get({ timeout: 1 })]);
  const cut = queue.get();
  queue.shutdown();
  await Promise.allSettled([cut]);
  expect(lines()).toEqual(['get empty CLIENT', 'get empty CLIENT']);
  expect(finished().map((span) => span.attributes['loopscope.queue.outcome'])).toEqual(['timed_out', 'rejected']);
});

test('outside of tasks, operations have no parent', async () => {
  const queue = new Queue<number>({ name: 'plain' });
  queue.putNowait(1);
  queue.getNowait();
  expect(lines()).toEqual(['put plain PRODUCER', 'get plain CLIENT, item put plain']);
});

test('the work on an item lasts from its get until the same task says that it is done, linked to the put', async () => {
  const queue = new Queue<string>({ name: 'orders' });
  queue.putNowait('a');
  queue.putNowait('b');
  await createTask(
    async () => {
      for (let taken = 0; taken < 2; taken++) {
        await queue.get();
        await createTask(turn, { name: 'ship' });
        queue.taskDone();
      }
    },
    { name: 'consumer' },
  );
  const consumer = [
    'get orders CLIENT, in run consumer, item put orders',
    'run ship INTERNAL, in run consumer',
    'process orders CONSUMER, in run consumer, item put orders',
  ];
  expect(lines()).toEqual([
    'put orders PRODUCER',
    'put orders PRODUCER',
    ...consumer,
    ...consumer,
    'run consumer INTERNAL',
  ]);
  const all = (name: string): ReadableSpan[] => finished().filter((span) => span.name === name);
  expect(all('process orders').map(({ links }) => links[0]?.context.spanId)).toEqual(
    all('put orders').map((put) => put.spanContext().spanId),
  );
  const [get, ship] = [all('get orders'), all('run ship')];
  for (const [index, { startTime, endTime }] of all('process orders').entries()) {
    expect(milliseconds(startTime)).toBeGreaterThanOrEqual(milliseconds(get[index]?.startTime ?? [Infinity, 0]));
    expect(milliseconds(endTime)).toBeGreaterThanOrEqual(milliseconds(ship[index]?.endTime ?? [Infinity, 0]));
  }
});

test('items which are never said to be done have no such span, and those of others are not taken for them', async () => {
  const queue = new Queue<number>({ name: 'orders' });
  for (let item = 0; item < 3; item++) queue.putNowait(item);
  await createTask(() => queue.get(), { name: 'forgetful' });
  await createTask(
    async () => {
      await queue.get();
      queue.taskDone();
      queue.taskDone();
    },
    { name: 'eager' },
  );
  expect(lines().filter((line) => line.startsWith('process'))).toEqual([
    'process orders CONSUMER, in run eager, item put orders',
  ]);
});

test('the job of a wrapped queue is the work on its item, and says how that ended', async () => {
  const jobs: (() => Promise<void>)[] = [];
  const plain = { push: (run: () => Promise<void>) => jobs.push(run) };
  const mails = wrapQueue(plain, { name: 'mails' });
  const send = async (): Promise<void> => {
    await turn();
    throw new RangeError('no such address');
  };
  mails.push(send);
  await expect(jobs[0]?.()).rejects.toThrow('no such address');
  expect(lines()).toEqual([
    'put mails PRODUCER',
    'get mails CLIENT, in run send, item put mails',
    'process mails CONSUMER, in run send, item put mails, ERROR undefined',
    'run send INTERNAL, ERROR no such address',
  ]);
  expect(attributes('process mails')).toMatchObject({ 'queue.outcome': 'rejected', 'error.type': 'RangeError' });
});
