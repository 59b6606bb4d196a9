// What a program's use of each primitive says in metrics, read by an SDK of its own.
import * as api from '@opentelemetry/api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Lock } from '../../../src/primitives/locks/lock.ts';
import { Queue } from '../../../src/primitives/queues/queue.ts';
import { Semaphore } from '../../../src/primitives/locks/semaphore.ts';
import { TaskGroup } from '../../../src/primitives/tasks/task-group.ts';
import { createTask } from '../../../src/primitives/tasks/task.ts';
import { retry } from '../../../src/resilience/retry.ts';
import { startMetrics, type Metrics } from '../../../src/subscribers/metrics/metrics.ts';
import { startRegistry } from '../../../src/subscribers/registry.ts';
import { Collector } from '../../support/collected-metrics.ts';

let collector: Collector;
let metrics: Metrics;

beforeEach(() => {
  startRegistry().stop(); // what earlier tests left is not of this one
  collector = new Collector();
  metrics = startMetrics({ api, meterProvider: collector.provider });
});

afterEach(() => {
  metrics.stop();
});

test('a task that settled has its duration, outcome and type of error; one that is pending its age', async () => {
  await createTask(async () => {}, { name: 'load' });
  await createTask(async () => {}, { name: 'load', eager: false });
  await createTask(() => Promise.reject(new TypeError('no price')), { name: 'load' }).catch(() => {});
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancelled = createTask(() => new Lock().run(() => promise), { name: 'cancelled' });
  const pending = createTask(() => promise, { name: 'pending' });
  expect(await collector.lines('task')).toEqual([
    'task.active cancelled task: 1',
    'task.active pending task: 1',
    'task.duration load task fulfilled: 2x',
    'task.duration load task rejected TypeError: 1x',
    expect.stringMatching(/^task.oldest_age cancelled task: [\d.e-]+$/),
    expect.stringMatching(/^task.oldest_age pending task: [\d.e-]+$/),
    'task.wait_time load task: 1x',
  ]);
  resolve();
  await Promise.all([cancelled, pending]);
  expect(await collector.lines('task.active')).toEqual([
    'task.active cancelled task: 0',
    'task.active pending task: 0',
  ]);
});

test('tasks that are pending when nothing is left to do are leaked', async () => {
  void createTask(() => new Promise(() => {}), { name: 'forgotten' });
  expect(await collector.lines('task.leaked')).toEqual([]);
  metrics.end();
  expect(await collector.lines('task.leaked')).toEqual(['task.leaked forgotten task: 1']);
});

test('a task group has its own duration', async () => {
  await TaskGroup.run(async (group) => void group.createTask(async () => {}, { name: 'part' }), { name: 'page' });
  const failing = TaskGroup.run(async () => Promise.reject(new RangeError('no')), { name: 'page' });
  await failing.catch(() => {});
  expect(await collector.lines('task_group')).toEqual([
    'task_group.duration page fulfilled: 1x',
    expect.stringMatching(/^task_group.duration page rejected \w+: 1x$/),
  ]);
});

test('a queue has its depth, capacity and waiters, what went through it and how long that took', async () => {
  const queue = new Queue<number>({ name: 'orders', maxsize: 2 });
  await queue.put(1);
  await queue.put(2);
  const blocked = queue.put(3);
  expect(() => queue.putNowait(4)).toThrow('full');
  expect(await collector.lines('queue')).toEqual([
    'queue.capacity orders: 2',
    'queue.enqueued.items orders: 2',
    'queue.pending_requests orders get: 0',
    'queue.pending_requests orders put: 1',
    'queue.rejected.items orders: 1',
    'queue.size orders: 2',
    'queue.unfinished orders: 2',
  ]);
  await createTask(async () => {
    await queue.get();
    queue.taskDone();
  });
  await blocked;
  await queue.get();
  await queue.get();
  const starving = queue.get({ timeout: 1 });
  await starving.catch(() => {});
  expect(await collector.lines('queue')).toEqual([
    'queue.capacity orders: 2',
    'queue.enqueued.items orders: 3',
    'queue.get.duration orders timed_out: 1x',
    'queue.item.wait_time orders: 3x',
    'queue.pending_requests orders get: 0',
    'queue.pending_requests orders put: 0',
    'queue.process.duration orders: 1x',
    'queue.put.duration orders fulfilled: 1x',
    'queue.rejected.items orders: 1',
    'queue.size orders: 0',
    'queue.unfinished orders: 2',
  ]);
});

test('what a queue counted stays when the queue is gone', async () => {
  await (async () => {
    const queue = new Queue<number>({ name: 'gone' });
    await queue.put(1);
    await queue.get();
  })();
  startRegistry().stop();
  expect(await collector.lines('queue')).toEqual(['queue.enqueued.items gone: 1', 'queue.item.wait_time gone: 1x']);
});

test('a lock has its holders and waiters, and how long they held and waited', async () => {
  const lock = new Lock({ name: 'ledger' });
  const held = await lock.acquire();
  const waiting = lock.acquire();
  const late = lock.acquire({ timeout: 1 });
  await late.catch(() => {});
  expect(await collector.lines('lock')).toEqual([
    'lock.contentions ledger mutex: 1',
    'lock.held ledger mutex: 1',
    expect.stringMatching(/^lock.oldest_hold ledger mutex: [\d.e-]+$/),
    'lock.pending_requests ledger mutex: 1',
    'lock.timeouts ledger mutex: 1',
    'lock.wait_time ledger mutex timed_out: 1x',
  ]);
  held.release();
  (await waiting).release();
  expect(await collector.lines('lock')).toEqual([
    'lock.contentions ledger mutex: 2',
    'lock.held ledger mutex: 0',
    'lock.hold_time ledger mutex: 2x',
    'lock.oldest_hold ledger mutex: 0',
    'lock.pending_requests ledger mutex: 0',
    'lock.timeouts ledger mutex: 1',
    'lock.wait_time ledger mutex fulfilled: 1x',
    'lock.wait_time ledger mutex timed_out: 1x',
  ]);
});

test('a semaphore has its permits, and two of one name are added up', async () => {
  const [first] = [new Semaphore(3, { name: 'downloads' }), new Semaphore(2, { name: 'downloads' })];
  await first.acquire();
  expect(await collector.lines('semaphore')).toEqual([
    'semaphore.permit.limit downloads: 5',
    'semaphore.permit.usage downloads: 1',
  ]);
});

test('a retry has its attempts, delays and how it ended', async () => {
  let calls = 0;
  await retry(() => (++calls < 3 ? Promise.reject(new TypeError('no rates')) : calls), { name: 'rates', delay: 1 });
  await retry(() => Promise.reject(new Error('down')), { name: 'rates', attempts: 2, delay: 1 }).catch(() => {});
  await retry(() => Promise.reject(new Error('bad')), { name: 'rates', delay: 1, retryIf: () => false }).catch(
    () => {},
  );
  expect(await collector.lines('retry')).toEqual([
    'retry.attempts rates Error: 3',
    'retry.attempts rates TypeError: 2',
    'retry.attempts rates: 1',
    'retry.delay.duration rates: 3x',
    'retry.exhausted.operations rates: 1',
    'retry.operation.duration rates aborted Error: 1x',
    'retry.operation.duration rates exhausted Error: 1x',
    'retry.operation.duration rates succeeded: 1x',
  ]);
});
