// What spans cost: one of ours against the same made by hand with the SDK, and an order service with spans and without.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import * as api from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import {
  BatchSpanProcessor,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type SpanExporter,
} from '@opentelemetry/sdk-trace';
import { createTask } from 'loopscope';
import { startSpans } from '../../dist/src/subscribers/spans/spans.js';
import { assertDone, format, median, type Result } from './result.ts';
import { compareServers } from './server.ts';

const tasks = 20_000;
const rounds = 15;
const warmUps = 3;
/** A span takes three times as long until the SDK is compiled, which is of no interest to a server that goes on. */
const warmUpSeconds = 4;
const nothing = (): void => {};

export async function benchSpans(): Promise<Result[]> {
  // For its context manager.
  new NodeSDK({ autoDetectResources: false, spanProcessors: [], metricReaders: [], logRecordProcessors: [] }).start();
  const results = [await costOfSpan(1, 'a span'), await costOfSpan(0, 'a span that is not sampled')];
  const sink = spawn(process.execPath, [fileURLToPath(new URL('sink.program.ts', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const [port] = (await once(sink.stdout, 'data', { signal: AbortSignal.timeout(10_000) })) as [Buffer];
    const program = fileURLToPath(new URL('orders.program.ts', import.meta.url));
    const url = `http://127.0.0.1:${port.toString().trim()}`;
    for (const [ratio, least] of [
      ['1', 0.85],
      ['0.01', 0.95],
    ] as const) {
      const sides = [
        [program, '--hook'],
        [program, '--spans', url, ratio],
      ] as const;
      const compared = await compareServers(...sides, least, 1 / least, warmUpSeconds);
      results.push(...compared.map((result) => ({ ...result, name: `orders, sampled ${ratio}: ${result.name}` })));
    }
  } finally {
    sink.kill();
  }
  return results;
}

/** Microseconds of processor time of one: neighbours on this machine disturb it least. */
async function costOfSpan(ratio: number, name: string): Promise<Result> {
  let exported = 0;
  const exporter = {
    export(spans: readonly unknown[], done: (result: { readonly code: number }) => void) {
      exported += spans.length;
      done({ code: 0 });
    },
    shutdown: async () => {},
  } as unknown as SpanExporter;
  const spanProcessors = [new BatchSpanProcessor({ exporter, maxQueueSize: 1_000_000 })];
  const provider = new TracerProvider({ sampler: new TraceIdRatioBasedSampler(ratio), spanProcessors });
  const tracer = provider.getTracer('bench');
  const costs: { readonly hand: number; readonly ours: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const bare = await processorTime(runTasks);
    const spans = startSpans({ api, tracer });
    const ours = (await processorTime(runTasks)) - bare;
    spans.stop();
    const hand = (await processorTime(() => runByHand(tracer))) - bare;
    await provider.forceFlush();
    if (round >= warmUps) costs.push({ hand, ours });
  }
  assertDone('spans', ratio * 2 * tasks * rounds, exported);
  return {
    name: `${name}, against the same by hand`,
    bare: format(median(costs.map(({ hand }) => hand)), 'µs'),
    wrapped: format(median(costs.map(({ ours }) => ours)), 'µs'),
    value: median(costs.map(({ ours, hand }) => ours / hand)),
    unit: '×',
    budget: 1.2,
    limit: 2,
  };
}

async function processorTime(run: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / tasks;
}

async function runTasks(): Promise<void> {
  for (let index = 0; index < tasks; index++) await createTask(nothing, { name: 'work' });
}

/** What a program would write itself, with the same attributes. */
async function runByHand(tracer: api.Tracer): Promise<void> {
  const { context, trace } = api;
  for (let index = 0; index < tasks; index++) {
    const span = tracer.startSpan(
      'run work',
      {
        startTime: performance.timeOrigin + performance.now(),
        attributes: {
          'loopscope.task.name': 'work',
          'loopscope.task.id': String(index),
          'code.function.name': 'runByHand',
          'code.file.path': import.meta.filename,
          'code.line.number': 1,
        },
      },
      context.active(),
    );
    await context.with(trace.setSpan(context.active(), span), () => createTask(nothing, { name: 'work' }));
    span.setAttribute('loopscope.task.wait_time', 0.001);
    span.setAttribute('loopscope.task.outcome', 'fulfilled');
    span.end(performance.timeOrigin + performance.now());
  }
}
