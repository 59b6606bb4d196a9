// Every kind of span of ours, as a real Jaeger has it: made by a program that has no SDK, under our hook alone.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Jaeger, jaegerBinary, missing, until } from '../../support/jaeger.ts';
import { treeOf, type OtlpSpan } from '../../support/otlp-json.ts';

const root = join(import.meta.dirname, '../../..');
const binary = jaegerBinary('test/subscribers/spans/every-span.test.ts');
const contended = (what: string): string[] => [
  '    run holder INTERNAL',
  '    run waiter INTERNAL',
  `      acquire ${what} INTERNAL, blocked_by run holder`,
];
const trace = [
  'run main INTERNAL',
  '  run locks INTERNAL',
  ...['accounts', 'permits', 'prices'].flatMap(contended),
  '    wait ready INTERNAL',
  '    wait changed INTERNAL',
  '    acquire changed INTERNAL, blocked_by run locks',
  '    wait start INTERNAL',
  '  run queues INTERNAL',
  '    run shop INTERNAL',
  '      run shop body INTERNAL',
  '      run producer INTERNAL',
  '        put orders PRODUCER',
  '      run consumer INTERNAL',
  '        get orders CLIENT, item put orders',
  '        process orders CONSUMER, item put orders',
  '  run policies INTERNAL',
  '    retry rates INTERNAL',
  '      attempt rates INTERNAL, ERROR TypeError',
  '      attempt rates INTERNAL',
  '    call payments INTERNAL, ERROR RangeError',
  '    call payments INTERNAL, ERROR BreakerOpenError',
  '    acquire geocoder INTERNAL',
  '  run pools INTERNAL',
  '    acquire connections INTERNAL',
  '    run create connections INTERNAL',
  ...contended('connections'),
  '    run welcome INTERNAL',
  '      submit mails PRODUCER',
  '      process mails CONSUMER, job submit mails',
  '        run send INTERNAL',
  '    run resize INTERNAL',
  '      submit thumbnails PRODUCER',
  '      process thumbnails CONSUMER, job submit thumbnails',
  '    run render INTERNAL',
  '      submit renderers PRODUCER',
  '      process renderers CONSUMER, job submit renderers',
  '  run streams INTERNAL',
  '    read stream INTERNAL',
  '  run turns INTERNAL',
  '    run refresh INTERNAL',
  '    run report INTERNAL',
  '      eventloop blocked INTERNAL, culprit run report',
];

/** Of one span of each name: what it says besides where it was made. */
const said: Readonly<Record<string, readonly string[]>> = {
  'run waiter': ['task.id', 'task.name', 'task.outcome', 'task.parent.id'],
  'run refresh': ['task.id', 'task.name', 'task.outcome', 'task.parent.id', 'task.wait_time'],
  'acquire accounts': ['lock.holder.task.name', 'lock.name', 'lock.outcome', 'lock.type', 'lock.waiter_count'],
  'acquire prices': [
    'lock.holder.task.name',
    'lock.mode',
    'lock.name',
    'lock.outcome',
    'lock.type',
    'lock.waiter_count',
  ],
  'wait ready': ['lock.name', 'lock.outcome', 'lock.type', 'lock.waiter_count'],
  'run shop': [
    'task.id',
    'task.name',
    'task.outcome',
    'task.parent.id',
    'task_group.failed_count',
    'task_group.name',
    'task_group.task_count',
  ],
  'put orders': ['queue.blocked', 'queue.capacity', 'queue.name', 'queue.operation', 'queue.size'],
  'get orders': [
    'queue.blocked',
    'queue.capacity',
    'queue.item.wait_time',
    'queue.name',
    'queue.operation',
    'queue.size',
  ],
  'process orders': ['queue.capacity', 'queue.item.wait_time', 'queue.name', 'queue.operation', 'queue.size'],
  'retry rates': [
    'retry.attempt.limit',
    'retry.attempt.number',
    'retry.outcome',
    'task.id',
    'task.name',
    'task.outcome',
    'task.parent.id',
  ],
  'call payments': [
    'circuit_breaker.name',
    'circuit_breaker.outcome',
    'circuit_breaker.state',
    'error.type',
    'task.id',
    'task.name',
    'task.outcome',
    'task.parent.id',
  ],
  'acquire geocoder': ['limiter.name', 'limiter.outcome'],
  'acquire connections': ['pool.name', 'pool.outcome', 'pool.resource.id'],
  'submit mails': ['executor.name', 'executor.type'],
  'process mails': ['executor.name', 'executor.type', 'task.outcome'],
  'process thumbnails': ['executor.name', 'executor.type', 'task.id', 'task.name', 'task.outcome', 'thread.id'],
  'process renderers': ['executor.name', 'executor.type', 'task.id', 'task.name', 'task.outcome'],
  'read stream': ['stream.name', 'stream.outcome'],
  'eventloop blocked': [
    'eventloop.block.duration',
    'eventloop.block.kind',
    'eventloop.block.threshold',
    'task.id',
    'task.name',
  ],
};

test.runIf(process.env.CI)('in CI there is a Jaeger', () => {
  expect(binary ?? missing).toBe(binary);
});

describe.skipIf(binary === null)('Jaeger', () => {
  let jaeger: Jaeger;
  let spans: readonly OtlpSpan[];
  beforeAll(async () => {
    jaeger = await Jaeger.start(binary as string);
    await promisify(execFile)(process.execPath, ['--import', './dist/src/register.js', 'test/programs/every-span.ts'], {
      cwd: root,
      timeout: 60_000,
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        LOOPSCOPE_OTLP: `http://127.0.0.1:${jaeger.ports.http}`,
        OTEL_METRICS_EXPORTER: 'none',
        OTEL_LOGS_EXPORTER: 'none',
      },
    });
    await until(async () => (await ofProgram()).length >= trace.length);
    spans = await ofProgram();
  });
  afterAll(() => jaeger.kill());

  /** On a machine that is busy, loading what threads need may block the loop, too, and a connection may have to be waited for. */
  async function ofProgram(): Promise<readonly OtlpSpan[]> {
    const all = await jaeger.spansOf('every-span');
    const report = all.find(({ name }) => name === 'run report');
    return all.filter(({ name, parentSpanId }) => {
      if (name === 'connect stream') return false;
      return name !== 'eventloop blocked' || parentSpanId === report?.spanId;
    });
  }

  test('has a span of each kind, also of threads and processes, in one trace with parents, links and status', () => {
    expect(treeOf(spans)).toEqual(trace);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect(spans.filter(({ attributes }) => attributes?.some(({ key }) => key === '@jaeger@warnings'))).toEqual([]);
  });

  test('has their attributes', () => {
    const found = Object.keys(said).map((name) => [
      name,
      spans
        .find((span) => span.name === name)
        ?.attributes?.map(({ key }) => key.replace('loopscope.', ''))
        .filter((key) => !/^(code\.|otel\.|task\.site)/.test(key))
        .toSorted(),
    ]);
    expect(Object.fromEntries(found)).toEqual(said);
  });
});
