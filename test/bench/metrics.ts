// What metrics cost: per operation with an SDK that keeps them, against the same with the registry alone, in one process; and
// what a collection costs while very much is pending.
import * as api from '@opentelemetry/api';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { createTask, Lock, Queue } from 'loopscope';
import { startMetrics } from '../../dist/src/subscribers/metrics/metrics.js';
import { processorTime } from './processor-time.ts';
import { assertDone, format, median, type Result } from './result.ts';

const opsPerRun = 5000;
const rounds = 7;
const pendingTasks = 100_000;
const queues = 1000;
const collections = 7;

/** Does so many operations and says how many it did. */
type Work = () => Promise<number>;

class Collector extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}

  protected override async onShutdown(): Promise<void> {}
}

export async function benchMetrics(): Promise<Result[]> {
  const results: Result[] = [];
  for (const [name, work] of Object.entries(works())) {
    for (let warmUp = 0; warmUp < 3; warmUp++) assertDone(name, opsPerRun, await measured(work));
    results.push(await compare(name, work));
  }
  return [...results, ...(await benchCollection())];
}

function works(): Record<string, Work> {
  const lock = new Lock({ name: 'bench' });
  const queue = new Queue<number>({ name: 'bench', maxsize: 10 });
  let done = 0;
  const one = async (): Promise<void> => {
    done++;
  };
  const counting = (work: () => Promise<void>): Work => {
    return async () => {
      done = 0;
      await work();
      return done;
    };
  };
  return {
    'createTask, awaited': counting(async () => {
      for (let index = 0; index < opsPerRun; index++) await createTask(one, { name: 'bench' });
    }),
    'Lock, free': counting(async () => {
      for (let index = 0; index < opsPerRun; index++) await lock.run(one);
    }),
    'Lock, 10 in line': counting(async () => {
      for (let index = 0; index < opsPerRun / 10; index++) {
        await Promise.all(Array.from({ length: 10 }, () => lock.run(one)));
      }
    }),
    'Queue, put and get': counting(async () => {
      const taking = (async () => {
        for (let index = 0; index < opsPerRun; index++) done += await queue.get();
      })();
      for (let index = 0; index < opsPerRun; index++) await queue.put(1);
      await taking;
    }),
  };
}

/** With metrics on. */
async function measured(work: Work): Promise<number> {
  const metrics = startMetrics({ api, meterProvider: new MeterProvider({ readers: [new Collector()] }) });
  const done = await work();
  metrics.stop();
  return done;
}

async function compare(name: string, work: Work): Promise<Result> {
  const times: { bare: number; wrapped: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    // Each goes first as often as the other.
    const order = round % 2 === 0 ? [work, () => measured(work)] : [() => measured(work), work];
    const [first, second] = [await time(order[0] as Work), await time(order[1] as Work)];
    times.push(round % 2 === 0 ? { bare: first, wrapped: second } : { bare: second, wrapped: first });
  }
  return {
    name,
    bare: format(median(times.map(({ bare }) => bare)), 'ns'),
    wrapped: format(median(times.map(({ wrapped }) => wrapped)), 'ns'),
    value: median(times.map(({ bare, wrapped }) => wrapped - bare)),
    unit: 'ns',
    budget: 5000,
    limit: 50_000,
  };
}

/** Nanoseconds of one operation. */
async function time(work: Work): Promise<number> {
  return (await processorTime(work)) / opsPerRun;
}

async function benchCollection(): Promise<Result[]> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const collector = new Collector();
  const metrics = startMetrics({ api, meterProvider: new MeterProvider({ readers: [collector] }) });
  const kept = Array.from({ length: queues }, (_, index) => new Queue<number>({ name: `queue ${index % 250}` }));
  const tasks = Array.from({ length: pendingTasks }, (_, index) =>
    createTask(() => promise, { name: `task ${index % 250}` }),
  );
  const times: number[] = [];
  for (let round = 0; round < collections; round++) {
    const startedAt = performance.now();
    const { errors } = await collector.collect();
    times.push(performance.now() - startedAt);
    assertDone('collection', 0, errors.length);
  }
  assertDone('queues', queues, kept.length);
  resolve();
  await Promise.all(tasks);
  metrics.stop();
  const value = median(times);
  const name = `collection, ${pendingTasks.toLocaleString('en')} pending tasks, ${queues.toLocaleString('en')} queues`;
  return [{ name, bare: '', wrapped: '', value, unit: 'ms', budget: 100, limit: 1000 }];
}
