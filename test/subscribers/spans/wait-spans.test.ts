import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import * as api from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { Barrier } from '../../../src/primitives/locks/barrier.ts';
import { Condition } from '../../../src/primitives/locks/condition.ts';
import { Event } from '../../../src/primitives/locks/event.ts';
import { Lock } from '../../../src/primitives/locks/lock.ts';
import { openConnection } from '../../../src/primitives/streams/open-connection.ts';
import { Queue } from '../../../src/primitives/queues/queue.ts';
import { RWLock } from '../../../src/primitives/locks/rwlock.ts';
import { Semaphore } from '../../../src/primitives/locks/semaphore.ts';
import { createTask } from '../../../src/primitives/tasks/task.ts';
import { bulkhead } from '../../../src/resilience/bulkhead.ts';
import { RateLimiter } from '../../../src/resilience/rate-limiter.ts';
import { ResourcePool } from '../../../src/resilience/resource-pool.ts';
import { attributes, finished, lines, spansOfEachTest } from '../../support/ended-spans.ts';
import { turn } from '../../support/turn.ts';

const spans = spansOfEachTest();

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

test('a lock for reading and writing says for which of the two was waited, linked to all who are in the way', async () => {
  const lock = new RWLock({ name: 'prices' });
  const hold = (): Promise<void> => lock.runRead(() => turn());
  const readers = ['a', 'b'].map((name) => createTask(hold, { name }));
  const writer = createTask(() => lock.runWrite(async () => {}), { name: 'writer' });
  await Promise.all([...readers, writer]);
  expect(waits()).toEqual(['acquire prices INTERNAL, in run writer, blocked_by run a, blocked_by run b']);
  expect(attributes('acquire prices')).toEqual({
    'lock.name': 'prices',
    'lock.type': 'rwlock',
    'lock.mode': 'write',
    'lock.waiter_count': 0,
    'lock.holder.task.name': 'a',
    'lock.outcome': 'fulfilled',
  });
});

test('waits for events, conditions and barriers have spans, and who need not wait has none', async () => {
  const ready = new Event({ name: 'ready' });
  const changed = new Condition({ name: 'changed' });
  const start = new Barrier(2, { name: 'start' });
  const tasks = [
    createTask(() => ready.wait(), { name: 'for event' }),
    createTask(() => changed.run(() => changed.wait()), { name: 'for condition' }),
    createTask(() => start.wait(), { name: 'for barrier' }),
  ];
  await turn();
  ready.set();
  await ready.wait();
  await changed.run(() => changed.notify());
  await start.wait();
  await Promise.all(tasks);
  expect(waits()).toEqual([
    // whoever notifies holds it
    'acquire changed INTERNAL, in run for condition',
    'wait changed INTERNAL, in run for condition',
    'wait ready INTERNAL, in run for event',
    'wait start INTERNAL, in run for barrier',
  ]);
  const types = ['changed', 'ready', 'start'].map((name) => attributes(`wait ${name}`)['lock.type']);
  expect(types).toEqual(['condition', 'event', 'barrier']);
});

test('a pool that is exhausted links to those who have what it lends, and says what it lent', async () => {
  const pool = new ResourcePool({ name: 'connections', max: 1, create: async () => ({}) });
  const holder = createTask(() => pool.run(() => turn()), { name: 'holder' });
  await turn();
  const waiter = createTask(() => pool.run(async () => {}), { name: 'waiter' });
  await Promise.all([holder, waiter]);
  await pool.close();
  expect(waits()).toEqual([
    'acquire connections INTERNAL, in run holder',
    'acquire connections INTERNAL, in run waiter, blocked_by run holder',
  ]);
  const own = finished().filter(({ name }) => name === 'acquire connections');
  expect(own.map((span) => span.attributes)).toEqual(
    [1, 1].map((number) => ({
      'loopscope.pool.name': 'connections',
      'loopscope.pool.outcome': 'fulfilled',
      'loopscope.pool.resource.id': String(number),
    })),
  );
});

test('a limiter has a span for who does not pass at once', async () => {
  const limiter = new RateLimiter({ limit: 1, windowMs: 5, name: 'geocoder' });
  await createTask(() => limiter.acquire(), { name: 'first' });
  await createTask(() => limiter.acquire(), { name: 'second' });
  const reports = bulkhead(1, 1, { name: 'reports' });
  const names = ['third', 'fourth'];
  await Promise.all(names.map((name) => createTask(() => reports.run(() => turn()), { name })));
  expect(waits()).toEqual([
    'acquire geocoder INTERNAL, in run second',
    'acquire reports INTERNAL, in run fourth, blocked_by run third',
  ]);
  expect(attributes('acquire geocoder')).toEqual({ 'limiter.name': 'geocoder', 'limiter.outcome': 'fulfilled' });
});

test.for([
  { minStreamWaitMs: 0, seen: ['connect stream INTERNAL, in run client', ...reads(2)] },
  { minStreamWaitMs: 25, seen: reads(1) },
])('a wait for a stream has a span from $minStreamWaitMs ms on', async ({ minStreamWaitMs, seen }) => {
  spans.restart({ minStreamWaitMs });
  const server = createServer((socket) => {
    setImmediate(() => socket.write('at once\n'));
    socket.once('data', () => setTimeout(() => socket.end('later\n'), 50));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await createTask(
    async () => {
      const { reader, writer } = await openConnection({ host: '127.0.0.1', port, name: 'peer' });
      await reader.readLine();
      writer.write('and?');
      await reader.readLine();
      writer.close();
    },
    { name: 'client' },
  );
  server.close();
  expect(lines()).toEqual([...seen, 'run client INTERNAL']);
  const own = finished().find(({ name }) => name.endsWith('stream'))?.attributes;
  expect(own).toEqual({ 'loopscope.stream.name': 'peer', 'loopscope.stream.outcome': 'fulfilled' });
});

function reads(count: number): string[] {
  return Array.from({ length: count }, () => 'read stream INTERNAL, in run client');
}

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

/** Spans of waits alone, in order. */
function waits(): string[] {
  return lines()
    .filter((line) => /^(acquire|wait) /.test(line))
    .toSorted();
}
