// What bounds metrics, and where they come from when an SDK is started late.
import * as api from '@opentelemetry/api';
import { afterEach, expect, test, vi } from 'vitest';
import type { BlockRecord } from '../../../src/channels/loop.ts';
import { loopBlocked } from '../../../src/channels/loop.ts';
import { Lock } from '../../../src/primitives/locks/lock.ts';
import { Queue } from '../../../src/primitives/queues/queue.ts';
import { createTask } from '../../../src/primitives/tasks/task.ts';
import type { LoopReading } from '../../../src/subscribers/metrics/metrics-loop.ts';
import { startMetrics, type Metrics } from '../../../src/subscribers/metrics/metrics.ts';
import { startRegistry } from '../../../src/subscribers/registry.ts';
import { Collector } from '../../support/collected-metrics.ts';

let metrics: Metrics | null = null;

afterEach(() => {
  metrics?.stop();
  metrics = null;
  api.metrics.disable();
  startRegistry().stop();
});

test('names beyond the limit of their sort stand together under _other, and are counted', async () => {
  const collector = new Collector();
  metrics = startMetrics({ api, meterProvider: collector.provider, maxNames: 2 });
  for (const name of ['a', 'b', 'c', 'd', 'c']) await createTask(async () => {}, { name });
  for (const name of ['x', 'y']) await (await new Lock({ name }).acquire()).release();
  expect(await collector.lines('task.duration')).toEqual([
    'task.duration _other task fulfilled: 3x',
    'task.duration a task fulfilled: 1x',
    'task.duration b task fulfilled: 1x',
  ]);
  expect(metrics.dropped()).toEqual({ names: 2, items: 0 });
  expect(await collector.lines('dropped')).toContain('dropped.records name: 2');
});

test('a name is cut, and types of errors are few', async () => {
  const collector = new Collector();
  metrics = startMetrics({ api, meterProvider: collector.provider });
  await createTask(async () => {}, { name: 'n'.repeat(1000) });
  for (let index = 0; index < 40; index++) {
    const error = Object.assign(new Error('no'), { name: `Error${index}` });
    await createTask(() => Promise.reject(error), { name: 'failing' }).catch(() => {});
  }
  const lines = await collector.lines('task.duration');
  expect(lines).toContain(`task.duration ${'n'.repeat(200)} task fulfilled: 1x`);
  expect(lines).toContain('task.duration failing task rejected _OTHER: 10x');
  expect(lines).toHaveLength(32);
});

test('of the items in a queue, so many are timed, and the others counted', async () => {
  const collector = new Collector();
  metrics = startMetrics({ api, meterProvider: collector.provider, maxItems: 2 });
  const queue = new Queue<number>({ name: 'deep' });
  for (let item = 0; item < 5; item++) await queue.put(item);
  for (let item = 0; item < 5; item++) await queue.get();
  expect(await collector.lines('queue.item')).toEqual(['queue.item.wait_time deep: 2x']);
  expect(metrics.dropped().items).toBe(3);
});

test('nothing has an id in its attributes', async () => {
  const collector = new Collector();
  metrics = startMetrics({ api, meterProvider: collector.provider });
  await createTask(async () => (await new Lock().acquire()).release());
  const keys = (await collector.metrics()).flatMap(({ dataPoints }) =>
    dataPoints.flatMap(({ attributes }) => Object.keys(attributes)),
  );
  expect(keys.filter((key) => /\bids?$/.test(key))).toEqual([]);
});

test('an SDK that registers later is found by what happens then', async () => {
  metrics = startMetrics({ api });
  await createTask(async () => {}, { name: 'before' });
  const pending = createTask(() => new Promise<void>((resolve) => setImmediate(resolve)), { name: 'across' });
  const collector = new Collector();
  api.metrics.setGlobalMeterProvider(collector.provider);
  await createTask(async () => {}, { name: 'after' });
  expect(await collector.lines('task.active')).toEqual(['task.active across task: 1']);
  await pending;
  expect(await collector.lines('task.duration')).toEqual([
    'task.duration across task fulfilled: 1x',
    'task.duration after task fulfilled: 1x',
  ]);
});

test('an SDK that replaces another gets the metrics within a second', async () => {
  const [first, second] = [new Collector(), new Collector()];
  let current = first;
  metrics = startMetrics({ api, meterProvider: () => current.provider });
  await createTask(async () => {}, { name: 'one' });
  current = second;
  await vi.waitFor(
    async () => {
      await createTask(async () => {}, { name: 'two' });
      expect(await second.lines('task.duration')).toHaveLength(1);
    },
    { timeout: 20_000 },
  );
  expect(await first.lines('task.duration')).toContain('task.duration one task fulfilled: 1x');
  expect(await second.lines('task.duration')).toEqual([expect.stringContaining('task.duration two task fulfilled')]);
});

test('what is stopped records nothing more, and may be stopped twice', async () => {
  const collector = new Collector();
  metrics = startMetrics({ api, meterProvider: collector.provider });
  metrics.stop();
  metrics.stop();
  await createTask(async () => {}, { name: 'late' });
  expect(await collector.lines()).toEqual([]);
});

test('the loop has its utilization since the last look, its delays by arrivals, and its blocks', async () => {
  const collector = new Collector();
  let reading: LoopReading | null = null;
  metrics = startMetrics({ api, meterProvider: collector.provider, loop: () => reading });
  expect(await collector.lines('eventloop')).toEqual([]);
  // 10 turns of 100 ms in 10 s: of 1,000 arrivals 900 find it idle, and the others wait for up to 100 ms.
  const turnsOf = (count: number, totalMs: number): LoopReading => ({
    observedMs: totalMs,
    busyMs: count * 100,
    delayedBeyond: (x) => count * Math.max(0, 100 - x),
  });
  reading = turnsOf(10, 10_000);
  const block: BlockRecord = {
    kind: 'javascript',
    since: 0,
    durationMs: 250,
    ended: true,
    stack: [],
    native: null,
    task: null,
  };
  loopBlocked.publish(block);
  expect(await collector.lines('eventloop')).toEqual([
    'eventloop.block.duration javascript: 1x',
    'eventloop.blocks javascript: 1',
    'eventloop.delay: 999x',
    'eventloop.utilization: 0.1',
  ]);
  reading = turnsOf(60, 20_000);
  const delays = (await collector.metrics()).find(({ descriptor }) => descriptor.name === 'loopscope.eventloop.delay');
  const histogram = delays?.dataPoints[0]?.value as { buckets: { boundaries: number[]; counts: number[] } };
  const { buckets } = histogram;
  const beyond = (seconds: number): number =>
    buckets.counts.slice(buckets.boundaries.indexOf(seconds) + 1).reduce((sum, count) => sum + count, 0);
  expect([beyond(0.025), beyond(0.05), beyond(0.1)]).toEqual([450, 300, 0]);
  expect(await collector.lines('eventloop.utilization')).toEqual(['eventloop.utilization: 0.5']);
});
