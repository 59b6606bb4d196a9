import * as api from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { loopBlocked } from '../../../src/channels/loop.ts';
import { loop } from '../../../src/primitives/loop.ts';
import { createTask, currentTask } from '../../../src/primitives/tasks/task.ts';
import { CircuitBreaker } from '../../../src/resilience/circuit-breaker.ts';
import { compose, policies } from '../../../src/index.ts';
import { retry } from '../../../src/resilience/retry.ts';
import { ThreadExecutor } from '../../../src/resilience/thread-executor.ts';
import { WorkerPool } from '../../../src/resilience/worker-pool.ts';
import { extract, inject } from '../../../src/runtime/carrier.ts';
import { now } from '../../../src/runtime/clock.ts';
import {
  attributes,
  find,
  finished,
  forgetSpans,
  lines,
  milliseconds,
  spansOfEachTest,
} from '../../support/ended-spans.ts';
import { turn } from '../../support/turn.ts';

const spans = spansOfEachTest();

test('a job of a worker pool is submitted and then processed, and what runs in it nests there', async () => {
  const pool = new WorkerPool({ name: 'mails', workers: 1 });
  await createTask(
    async () => {
      const first = pool.submit(() => createTask(turn, { name: 'send' }), { name: 'welcome' });
      const second = pool.submit(() => Promise.reject(new TypeError('no address')), { name: 'bill' });
      await Promise.allSettled([first.result(), second.result()]);
    },
    { name: 'request' },
  );
  expect(lines()).toEqual([
    'submit mails PRODUCER, in run welcome',
    'run send INTERNAL, in process mails',
    'submit mails PRODUCER, in run bill',
    'process mails CONSUMER, in run welcome, job submit mails',
    'run welcome INTERNAL, in run request',
    'process mails CONSUMER, in run bill, job submit mails, ERROR no address',
    'run bill INTERNAL, in run request, ERROR no address',
    'run request INTERNAL',
  ]);
  const [welcome, bill] = finished().filter(({ name }) => name === 'process mails');
  expect([welcome, bill].map((span) => span?.attributes)).toEqual([
    { ...mails, 'loopscope.task.outcome': 'fulfilled' },
    { ...mails, 'loopscope.task.outcome': 'rejected', 'error.type': 'TypeError' },
  ]);
});

const mails = { 'loopscope.executor.name': 'mails', 'loopscope.executor.type': 'tasks' };

test('a job that is cancelled before it starts is not submitted', async () => {
  const pool = new WorkerPool({ name: 'mails', workers: 1 });
  const first = pool.submit(turn, { name: 'welcome' });
  const second = pool.submit(turn, { name: 'bill' });
  second.cancel();
  await Promise.allSettled([first.result(), second.result()]);
  expect(lines().filter((line) => line.includes('bill'))).toEqual(['run bill INTERNAL']);
  expect(attributes('run bill')).toMatchObject({ 'task.outcome': 'cancelled' });
});

test('the trace crosses with a job, as W3C Trace Context writes it, and goes on below what submitted it', async () => {
  const executor = new ThreadExecutor({ name: 'thumbnails', workers: 1 });
  await createTask(() => executor.run((value: number) => value * 2, [21], { name: 'resize' }), { name: 'request' });
  await executor.close();
  const { spanId, traceId } = find('submit thumbnails').spanContext();
  const state = api.createTraceState('vendor=1');
  const remote = { traceId, spanId, traceFlags: 1, traceState: state };
  const carrier = await api.context.with(api.trace.setSpanContext(api.ROOT_CONTEXT, remote), () =>
    createTask(async (task) => inject(task), { name: 'other' }),
  );
  const other = find('run other').spanContext();
  expect(carrier).toEqual({
    traceparent: `00-${traceId}-${other.spanId}-01`,
    tracestate: 'vendor=1',
  });
  forgetSpans();
  await extract(
    { traceparent: `00-${traceId}-${spanId}-01`, executor: 'thumbnails', type: 'threads', submit: 'c'.repeat(16) },
    () => new WorkerPool({ name: 'inner' }).submit(() => 1, { name: 'resize' }).result(),
  );
  const process = find('process thumbnails');
  expect(process.kind).toBe(api.SpanKind.CONSUMER);
  expect(process.spanContext().traceId).toBe(traceId);
  expect(process.parentSpanContext?.spanId).toBe(spanId);
  expect(process.links.map(({ context }) => context)).toEqual([
    { traceId, spanId: 'c'.repeat(16), traceFlags: 1, isRemote: true },
  ]);
  expect(attributes('process thumbnails')).toMatchObject({
    'task.name': 'resize',
    'executor.name': 'thumbnails',
    'executor.type': 'threads',
  });
});

test('what is no trace is left out', async () => {
  await extract({ traceparent: 'nonsense' }, () => createTask(async () => {}, { name: 'alone' }));
  expect(lines()).toEqual(['run alone INTERNAL']);
});

test('a call through a breaker says in which state it was and how it ended; one that is refused is an error', async () => {
  const breaker = new CircuitBreaker({ name: 'payments', failures: 1 });
  const failing = (): Promise<never> => Promise.reject(new RangeError('declined'));
  await createTask(
    async () => {
      await breaker.run(async () => 'paid');
      await Promise.allSettled([breaker.run(failing)]);
      await Promise.allSettled([breaker.run(failing)]);
    },
    { name: 'checkout' },
  );
  expect(lines()).toEqual([
    'call payments INTERNAL, in run checkout',
    'call payments INTERNAL, in run checkout, ERROR declined',
    'call payments INTERNAL, in run checkout, ERROR breaker payments is open',
    'run checkout INTERNAL',
  ]);
  const facts = finished()
    .slice(0, 3)
    .map(({ attributes: own }) => [
      own['loopscope.circuit_breaker.name'],
      own['loopscope.circuit_breaker.state'],
      own['loopscope.circuit_breaker.outcome'],
      own['error.type'],
    ]);
  expect(facts).toEqual([
    ['payments', 'closed', 'fulfilled', undefined],
    ['payments', 'closed', 'rejected', 'RangeError'],
    ['payments', 'open', 'refused', 'BreakerOpenError'],
  ]);
});

test('policies around a call are spans around it', async () => {
  const breaker = new CircuitBreaker({ name: 'payments' });
  const policy = compose(policies.retry({ attempts: 2, delay: 1 }), breaker);
  await policy.run(async () => api.trace.getTracer('program').startSpan('GET').end(), { name: 'pay' });
  expect(lines()).toEqual([
    'GET INTERNAL, in call payments',
    'call payments INTERNAL, in attempt retry',
    'attempt retry INTERNAL, in retry retry',
    'retry retry INTERNAL, in call pay',
    'call pay INTERNAL',
  ]);
});

test('a retry says why it gave up', async () => {
  const fail = (): Promise<never> => Promise.reject(new Error('down'));
  await Promise.allSettled([
    retry(fail, { name: 'spent', attempts: 2, delay: 1 }),
    retry(fail, { name: 'refused', attempts: 5, delay: 1, retryIf: () => false }),
  ]);
  const facts = ['spent', 'refused'].map((name) => {
    const { 'retry.outcome': outcome, 'retry.gave_up': why } = attributes(`retry ${name}`);
    return [outcome, why];
  });
  expect(facts).toEqual([
    ['exhausted', 'attempts'],
    ['aborted', 'retryIf'],
  ]);
});

test('a call that was put off is a span from when it was asked for, and what runs in it nests there', async () => {
  const called = Promise.withResolvers<void>();
  await createTask(
    async () => {
      loop.callLater(5, async function refresh() {
        await createTask(turn, { name: 'load' });
        called.resolve();
      });
    },
    { name: 'start' },
  );
  await called.promise;
  await turn();
  expect(lines()).toEqual([
    'run start INTERNAL',
    'run load INTERNAL, in run refresh',
    'run refresh INTERNAL, in run start',
  ]);
  expect(attributes('run refresh')).toMatchObject({ 'task.wait_time': 'number', 'task.outcome': 'fulfilled' });
});

test('a block of the loop is a span of its turn, in the trace of the task that blocked it and linked to it', async () => {
  const site = { function: 'report', file: 'file:///app/report.js', line: 3, column: 5, exact: true };
  const block = { kind: 'javascript', durationMs: 250, ended: true, stack: [site], native: null } as const;
  const since = now() - 250; // before there was the task
  await createTask(async () => loopBlocked.publish({ ...block, since, task: currentTask() }), { name: 'render' });
  loopBlocked.publish({ ...block, since, stack: [], kind: 'unknown', task: null });
  expect(lines()).toEqual([
    'eventloop blocked INTERNAL, in run render, culprit run render',
    'run render INTERNAL',
    'eventloop blocked INTERNAL',
  ]);
  const [first] = finished().map(({ attributes: own }) => own);
  expect(first).toMatchObject({
    'loopscope.eventloop.block.duration': 0.25,
    'loopscope.eventloop.block.kind': 'javascript',
    'loopscope.task.name': 'render',
    'code.function.name': 'report',
    'code.file.path': '/app/report.js',
    'code.line.number': 3,
    'code.stacktrace': '    at report (/app/report.js:3:5)',
  });
  const [within, outside] = finished()
    .filter(({ name }) => name === 'eventloop blocked')
    .map(({ startTime, endTime }) => milliseconds(endTime) - milliseconds(startTime));
  expect(outside).toBeCloseTo(250, 1);
  expect(within).toBeLessThan(200);
});

test('a task that is pending for long has an event in its span that says what it waits for', async () => {
  const end = Promise.withResolvers<void>();
  const task = createTask(() => end.promise, { name: 'slow' });
  spans.current.notePending(task, { 'loopscope.wait.kind': 'sleep' });
  end.resolve();
  await task;
  expect(find('run slow').events.map(({ name, attributes: own }) => ({ name, own }))).toEqual([
    { name: 'loopscope.task.pending', own: { 'loopscope.wait.kind': 'sleep' } },
  ]);
});
