// What the spans of queues, locks, breakers and jobs cost: each against the same spans made by hand, and where the trace is not
// sampled, against no spans at all.
import * as api from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { TraceIdRatioBasedSampler, TracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace';
import { CircuitBreaker, createTask, Lock, Queue, WorkerPool } from 'loopscope';
import { startSpans } from '../../dist/src/subscribers/spans/spans.js';
import { threadTime } from './processor-time.ts';
import { assertDone, format, median, type Result } from './result.ts';

const times = 5000;
const rounds = 11;
const warmUps = 2;

interface Kind {
  readonly name: string;
  /** Spans of one time. */
  readonly spans: number;
  readonly run: () => Promise<void>;
}

const kinds: readonly Kind[] = [
  {
    name: 'put, get and process of a queue',
    spans: 3,
    run: async () => {
      const queue = new Queue<number>({ name: 'orders' });
      for (let item = 0; item < times; item++) {
        await queue.put(item);
        await queue.get();
        queue.taskDone();
      }
    },
  },
  {
    name: 'a lock that is free',
    spans: 0,
    run: async () => {
      const lock = new Lock({ name: 'stock' });
      for (let time = 0; time < times; time++) (await lock.acquire()).release();
    },
  },
  {
    name: 'a wait for a lock',
    spans: 1,
    run: async () => {
      const lock = new Lock({ name: 'stock' });
      let held = await lock.acquire();
      for (let time = 0; time < times; time++) {
        const next = lock.acquire();
        held.release();
        held = await next;
      }
    },
  },
  {
    name: 'a call through a breaker',
    spans: 1,
    run: async () => {
      const breaker = new CircuitBreaker({ name: 'payments' });
      for (let time = 0; time < times; time++) await breaker.run(nothing);
    },
  },
  {
    name: 'a job of a worker pool',
    spans: 3,
    run: async () => {
      const pool = new WorkerPool({ name: 'mails', workers: 1 });
      for (let time = 0; time < times; time++) await pool.submit(nothing).result();
    },
  },
];

type Template = Required<Pick<api.SpanOptions, 'kind' | 'attributes' | 'links'>> & { readonly name: string };

const lockSpan: readonly Template[] = [
  { name: 'acquire stock', kind: api.SpanKind.INTERNAL, attributes: { 'loopscope.lock.name': 'stock' }, links: [] },
];

function nothing(): void {
  // only what is around it is measured
}

export async function benchSpanKinds(): Promise<Result[]> {
  // For its context manager.
  new NodeSDK({ autoDetectResources: false, spanProcessors: [], metricReaders: [], logRecordProcessors: [] }).start();
  const results: Result[] = [];
  for (const kind of kinds) results.push(...(await costOf(kind)));
  return results;
}

/** Microseconds of processor time of one time. */
async function costOf({ name, spans, run }: Kind): Promise<Result[]> {
  const [sampled, unsampled] = [countingTracer(1, spans), countingTracer(0, 0)];
  const within = (tracer: api.Tracer | null): Promise<number> => measure(tracer, run);
  const costs: { bare: number; hand: number; ours: number; unsampled: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const bare = await within(null);
    const ours = (await within(sampled.tracer)) - bare;
    const before = sampled.ended();
    const hand = (await processorTime(() => byHand(sampled.tracer, spans === 0 ? lockSpan : sampled.first))) / times;
    assertDone('spans by hand', times * Math.max(1, spans), sampled.ended() - before);
    costs.push({ bare, hand, ours, unsampled: (await within(unsampled.tracer)) - bare });
  }
  assertDone(name, 0, unsampled.ended());
  assertDone(name, rounds * (times * Math.max(1, spans) + 1 + times * spans), sampled.ended());
  const of = (key: 'bare' | 'hand' | 'ours' | 'unsampled'): number =>
    median(costs.slice(warmUps).map((cost) => cost[key]));
  const added = median(costs.slice(warmUps).map((cost) => cost.ours / cost.hand));
  return [
    {
      name: `${name}: ${spans === 0 ? 'no span' : `${spans} span${spans === 1 ? '' : 's'}`}, against by hand`,
      bare: format(of('hand'), 'µs'),
      wrapped: format(of('ours'), 'µs'),
      value: added,
      unit: '×',
      budget: spans === 0 ? 0.2 : 1.2,
      limit: 3,
    },
    {
      name: `${name}, not sampled`,
      bare: format(of('bare'), 'µs'),
      wrapped: format(of('bare') + of('unsampled'), 'µs'),
      value: of('unsampled') / of('hand'),
      unit: '× by hand',
      budget: 0.25,
      limit: 1,
    },
  ];
}

async function measure(tracer: api.Tracer | null, run: () => Promise<void>): Promise<number> {
  const making = tracer === null ? null : startSpans({ api, tracer, maxOperationsPerSecond: Infinity });
  const took = await processorTime(async () => createTask(run, { name: 'all' }));
  making?.stop();
  return took / times;
}

/** Microseconds that this thread has worked. */
async function processorTime(run: () => Promise<unknown>): Promise<number> {
  const before = threadTime();
  await run();
  return (threadTime() - before) / 1000;
}

async function byHand(tracer: api.Tracer, spans: readonly Template[]): Promise<void> {
  for (let time = 0; time < times; time++) {
    for (const { name, kind, attributes, links } of spans) {
      const startTime = performance.timeOrigin + performance.now();
      tracer
        .startSpan(name, { kind, startTime, attributes: { ...attributes }, links }, api.context.active())
        .end(performance.timeOrigin + performance.now());
    }
    await null;
  }
}

interface CountingTracer {
  readonly tracer: api.Tracer;
  readonly ended: () => number;
  /** The spans of the first time. */
  readonly first: Template[];
}

function countingTracer(ratio: number, spans: number): CountingTracer {
  let ended = 0;
  const first: Template[] = [];
  const processor: SpanProcessor = {
    onStart() {},
    onEnd(span) {
      ended++;
      const { name, kind, attributes, links } = span;
      if (first.length < spans) first.push({ name, kind, attributes, links: [...links] });
    },
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  const provider = new TracerProvider({ sampler: new TraceIdRatioBasedSampler(ratio), spanProcessors: [processor] });
  return { tracer: provider.getTracer('bench'), ended: () => ended, first };
}
