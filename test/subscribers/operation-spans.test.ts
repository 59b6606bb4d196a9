import * as api from '@opentelemetry/api';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { Lock } from '../../src/primitives/lock.ts';
import { Queue } from '../../src/primitives/queue.ts';
import { Semaphore } from '../../src/primitives/semaphore.ts';
import { createTask } from '../../src/primitives/task.ts';
import { startSpans, type Spans } from '../../src/subscribers/spans.ts';
import { attributes, find, finished, forgetSpans, lines, milliseconds, startSdk } from '../support/ended-spans.ts';
import { turn } from '../support/turn.ts';

const sdk = startSdk();
let spans: Spans;

beforeEach(() => {
  spans = startSpans({ api });
});

afterEach(() => {
  spans.stop();
  forgetSpans();
});

afterAll(() => sdk.shutdown());

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

test('a lock has a span only when it was waited for, linked to the span of its holder', async () => {
  const lock = new Lock({ name: 'accounts' });
  const holder = createTask(() => lock.run(() => turn()), { name: 'holder' });
  const first = createTask(() => lock.run(async () => {}), { name: 'first' });
  const second = createTask(() => lock.run(async () => {}), { name: 'second' });
  await Promise.all([holder, first, second]);
  expect(lines().toSorted()).toEqual([
    'acquire accounts INTERNAL, in run first, blocked_by run holder',
    'acquire accounts INTERNAL, in run second, blocked_by run holder',
    'run first INTERNAL',
    'run holder INTERNAL',
    'run second INTERNAL',
  ]);
  const acquires = finished().filter((span) => span.name === 'acquire accounts');
  expect(acquires.map((span) => span.attributes)).toEqual(
    [0, 1].map((waiters) => ({
      'loopscope.lock.name': 'accounts',
      'loopscope.lock.type': 'mutex',
      'loopscope.lock.waiter_count': waiters,
      'loopscope.lock.holder.task.name': 'holder',
      'loopscope.lock.outcome': 'fulfilled',
    })),
  );
});

test('a semaphore is linked to all who hold it', async () => {
  const semaphore = new Semaphore(2, { name: 'downloads' });
  const tasks = ['a', 'b', 'c'].map((name) => createTask(() => semaphore.run(() => turn()), { name }));
  await Promise.all(tasks);
  expect(lines()).toContain('acquire downloads INTERNAL, in run c, blocked_by run a, blocked_by run b');
  expect(attributes('acquire downloads')).toMatchObject({ 'lock.type': 'semaphore' });
});

test('an acquire that is cancelled or times out says so', async () => {
  const lock = new Lock({ name: 'held' });
  await lock.acquire();
  const task = createTask(() => lock.acquire(), { name: 'cancelled' });
  task.cancel();
  await Promise.allSettled([task, lock.acquire({ timeout: 1 })]);
  const acquires = finished().filter((span) => span.name === 'acquire held');
  expect(acquires.map((span) => span.attributes['loopscope.lock.outcome'])).toEqual(['cancelled', 'timed_out']);
  expect(acquires.map((span) => span.status.code)).toEqual([0, 0]);
  expect(acquires[1]?.attributes['loopscope.lock.holder.task.name']).toBe('(main)');
  expect(acquires[1]?.links).toEqual([]);
});

test('outside of tasks, operations have no parent', async () => {
  const queue = new Queue<number>({ name: 'plain' });
  queue.putNowait(1);
  queue.getNowait();
  expect(lines()).toEqual(['put plain PRODUCER', 'get plain CLIENT, item put plain']);
});

test('of a trace that is not sampled nothing is made but its root, and what is sampled beside it stays whole', async () => {
  const unsampled = api.trace.wrapSpanContext({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 0 });
  const lock = new Lock({ name: 'stock' });
  const queue = new Queue<number>({ name: 'orders' });
  const seen: string[] = [];
  await api.context.with(api.trace.setSpan(api.context.active(), unsampled), () =>
    createTask(
      async () => {
        const hold = (): Promise<void> => lock.run(() => turn());
        await Promise.all([createTask(hold, { name: 'one' }), createTask(hold, { name: 'two' })]);
        await queue.put(1);
        seen.push(api.trace.getActiveSpan()?.spanContext().traceId ?? 'none');
      },
      { name: 'outer' },
    ),
  );
  expect({ seen, lines: lines() }).toEqual({ seen: ['a'.repeat(32)], lines: [] });
  await createTask(() => queue.get(), { name: 'consumer' });
  expect(lines()).toEqual(['get orders CLIENT, in run consumer', 'run consumer INTERNAL']);
  expect(attributes('get orders')['queue.item.wait_time']).toBe('number');
});
