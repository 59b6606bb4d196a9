import * as api from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import { Lock } from '../../../src/primitives/locks/lock.ts';
import { Queue } from '../../../src/primitives/queues/queue.ts';
import { TaskGroup } from '../../../src/primitives/tasks/task-group.ts';
import { createTask } from '../../../src/primitives/tasks/task.ts';
import { retry } from '../../../src/resilience/retry.ts';
import { attributes, find, finished, lines, milliseconds, spansOfEachTest } from '../../support/ended-spans.ts';
import { turn } from '../../support/turn.ts';

const spans = spansOfEachTest();

test('a task is a child of the task that created it, and spans of the program nest in between', async () => {
  const tracer = api.trace.getTracer('program');
  await createTask(
    async () => {
      await tracer.startActiveSpan('query', async (query) => {
        await createTask(async () => turn(), { name: 'inner' });
        query.end();
      });
      tracer.startSpan('after').end();
    },
    { name: 'outer' },
  );
  expect(lines()).toEqual([
    'run inner INTERNAL, in query',
    'query INTERNAL, in run outer',
    'after INTERNAL, in run outer',
    'run outer INTERNAL',
  ]);
});

test('a task created where the context of OpenTelemetry is lost is a child of the task that runs', async () => {
  await createTask(() => api.context.with(api.ROOT_CONTEXT, () => createTask(async () => turn(), { name: 'inner' })), {
    name: 'outer',
  });
  expect(lines()).toEqual(['run inner INTERNAL, in run outer', 'run outer INTERNAL']);
});

test('a task created after its creator settled is still its child', async () => {
  const late = Promise.withResolvers<void>();
  await createTask(
    async () => {
      setImmediate(() => void createTask(async () => late.resolve(), { name: 'late' }));
    },
    { name: 'creator' },
  );
  await late.promise;
  await turn();
  expect(lines()).toEqual(['run creator INTERNAL', 'run late INTERNAL, in run creator']);
});

test('a span says which task it is, where it was created and how it ended', async () => {
  const outer = createTask(async () => createTask(async () => {}, { name: 'inner' }), { name: 'outer' });
  await outer;
  const inner = find('run inner').attributes;
  expect(attributes('run outer')).toEqual({
    'task.name': 'outer',
    'task.id': String(outer.id),
    'task.outcome': 'fulfilled',
  });
  expect(inner['loopscope.task.parent.id']).toBe(String(outer.id));
  const { site } = outer.origin;
  expect(find('run outer').attributes).toMatchObject({
    'code.file.path': import.meta.filename,
    'code.line.number': site?.line,
  });
});

test('a rejection is an error with its type, a timeout too, and a cancellation is neither', async () => {
  const lock = new Lock({ name: 'taken' });
  await lock.acquire();
  const failing = createTask(() => Promise.reject(new TypeError('not a price')), { name: 'failing' });
  const refused = createTask(() => Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })), {
    name: 'refused',
  });
  const late = createTask(() => lock.acquire({ timeout: 1 }), { name: 'late' });
  const cancelled = createTask(() => lock.acquire(), { name: 'cancelled' });
  cancelled.cancel();
  await Promise.allSettled([failing, refused, late, cancelled]);
  const ends = ['failing', 'refused', 'late', 'cancelled'].map((name) => {
    const span = find(`run ${name}`);
    return [span.attributes['loopscope.task.outcome'], span.attributes['error.type'], span.status];
  });
  expect(ends).toEqual([
    ['rejected', 'TypeError', { code: 2, message: 'not a price' }],
    ['rejected', 'ECONNREFUSED', { code: 2, message: 'refused' }],
    ['timed_out', 'TimeoutError', { code: 2, message: 'acquire lock taken: timed out after 1 ms' }],
    ['cancelled', undefined, { code: 0 }],
  ]);
});

test('an error that throws when it is read costs its description and no more', async () => {
  const hostile = new Error('hidden');
  Object.defineProperty(hostile, 'message', {
    get() {
      throw new Error('do not read me');
    },
  });
  await createTask(() => Promise.reject(hostile), { name: 'hostile' }).catch(() => {});
  await createTask(async () => {}, { name: 'next' });
  expect(lines()).toEqual(['run hostile INTERNAL, ERROR ', 'run next INTERNAL']);
});

test('a task that is not eager has its wait time, and starts and ends to a fraction of a millisecond', async () => {
  const started = performance.now();
  const task = createTask(
    async () => {
      for (const until = performance.now() + 3.25; performance.now() < until;);
    },
    { name: 'queued', eager: false },
  );
  const created = performance.now();
  for (const until = created + 2; performance.now() < until;);
  await task;
  const elapsed = performance.now() - started;
  const { attributes: own, startTime, duration } = find('run queued');
  expect(own['loopscope.task.wait_time']).toBeGreaterThanOrEqual(0.002);
  expect(own['loopscope.task.wait_time']).toBeLessThan(elapsed / 1000);
  expect(milliseconds(duration)).toBeGreaterThanOrEqual(5.25);
  expect(milliseconds(duration)).toBeLessThanOrEqual(elapsed);
  const start = milliseconds(startTime) - performance.timeOrigin;
  // Numbers of 13 digits before the point are cut to a quarter of a microsecond.
  expect(start).toBeGreaterThan(started - 0.001);
  expect(start).toBeLessThan(created + 0.001);
});

test('children start after their parents and end before them, however short they are', async () => {
  for (let round = 0; round < 200; round++) {
    await createTask(() => createTask(async () => {}, { name: 'child' }), { name: 'parent' });
  }
  const wrong: string[] = [];
  for (let index = 0; index < 400; index += 2) {
    const [child, parent] = finished().slice(index, index + 2) as [ReadableSpan, ReadableSpan];
    if (milliseconds(child.startTime) < milliseconds(parent.startTime)) wrong.push(`start of ${index}`);
    if (milliseconds(child.endTime) > milliseconds(parent.endTime)) wrong.push(`end of ${index}`);
  }
  expect(wrong).toEqual([]);
});

test('tasks of a group are children of the group, and it counts them', async () => {
  const failure = TaskGroup.run(
    async (group) => {
      void group.createTask(async () => turn(), { name: 'good' });
      void group.createTask(() => turn().then(() => Promise.reject(new RangeError('bad'))), { name: 'bad' });
    },
    { name: 'pair' },
  );
  await expect(failure).rejects.toThrow('1 failure in task group pair');
  expect(lines().toSorted()).toEqual([
    'run bad INTERNAL, in run pair, ERROR bad',
    'run good INTERNAL, in run pair',
    'run pair INTERNAL, ERROR 1 failure in task group pair',
    'run pair body INTERNAL, in run pair',
  ]);
  expect(attributes('run pair')).toMatchObject({
    'task_group.name': 'pair',
    'task_group.task_count': 3,
    'task_group.failed_count': 1,
    'error.type': 'AggregateError',
  });
});

test('a retry has an attempt below it for each call, numbered from 1', async () => {
  let calls = 0;
  await retry(async () => (++calls < 2 ? Promise.reject(new Error('no answer')) : calls), {
    name: 'rates',
    delay: 1,
    jitter: 0,
  });
  const [first, second, operation] = finished();
  expect(lines()).toEqual([
    'attempt rates INTERNAL, in retry rates, ERROR no answer',
    'attempt rates INTERNAL, in retry rates',
    'retry rates INTERNAL',
  ]);
  const { retry: names } = { retry: 'loopscope.retry' };
  expect(first?.attributes).toMatchObject({ [`${names}.attempt.number`]: 1, [`${names}.attempt.limit`]: 3 });
  expect(first?.attributes).not.toHaveProperty([`${names}.delay`]);
  expect(second?.attributes[`${names}.attempt.number`]).toBe(2);
  expect(second?.attributes[`${names}.delay`]).toBeCloseTo(0.001, 9);
  expect(operation?.attributes).toMatchObject({ [`${names}.outcome`]: 'succeeded', [`${names}.attempt.number`]: 2 });
  expect(operation?.status).toEqual({ code: api.SpanStatusCode.UNSET });
});

test('a retry is exhausted at its limit and aborted before it', async () => {
  const fail = () => Promise.reject(new Error('no'));
  await retry(fail, { name: 'limit', attempts: 2, delay: 0 }).catch(() => {});
  await retry(fail, { name: 'hopeless', retryIf: () => false }).catch(() => {});
  expect(find('retry limit').attributes['loopscope.retry.outcome']).toBe('exhausted');
  expect(find('retry hopeless').attributes['loopscope.retry.outcome']).toBe('aborted');
  expect(find('retry hopeless').status.code).toBe(api.SpanStatusCode.ERROR);
});

test('what exceeds a limit has no span and is counted', async () => {
  spans.restart({ maxOpenTasks: 2, maxOperationsPerSecond: 8, maxItems: 1 });
  const gate = Promise.withResolvers<void>();
  const tasks = ['a', 'b', 'c'].map((name) => createTask(() => gate.promise, { name }));
  gate.resolve();
  await Promise.all(tasks);
  await createTask(async () => {}, { name: 'd' });
  const queue = new Queue<number>({ name: 'busy' });
  for (let item = 0; item < 3; item++) queue.putNowait(item); // 2 of them fit into the window of 250 ms
  for (let item = 0; item < 3; item++) queue.getNowait();
  expect(lines()).toEqual([
    'run a INTERNAL',
    'run b INTERNAL',
    'run d INTERNAL',
    'put busy PRODUCER',
    'put busy PRODUCER',
    'get busy CLIENT, item put busy',
  ]);
  expect(spans.current.dropped()).toEqual({ tasks: 1, operations: 3, itemLinks: 1 });
});

test('after stop there are no more spans, and tasks run as before', async () => {
  const open = Promise.withResolvers<void>();
  const task = createTask(() => open.promise, { name: 'open' });
  spans.current.stop();
  spans.current.stop();
  open.resolve();
  await task;
  expect(await createTask(async () => api.trace.getActiveSpan(), { name: 'later' })).toBeUndefined();
  expect(lines()).toEqual([]);
});

test('a tracer that fails is taken off, and the program goes on', async () => {
  spans.current.stop();
  const broken: api.Tracer = {
    startSpan() {
      throw new Error('broken tracer');
    },
    startActiveSpan() {
      throw new Error('broken tracer');
    },
  };
  spans.restart({ tracer: broken });
  expect(await createTask(async () => 'as before', { name: 'program' })).toBe('as before');
});

test('a context manager that fails does not keep a task from running, once', async () => {
  spans.current.stop();
  const brokenContext = { active: () => api.ROOT_CONTEXT, with: () => fail() } as unknown as api.ContextAPI;
  function fail(): never {
    throw new Error('broken context');
  }
  spans.restart({ api: { ...api, context: brokenContext } });
  let runs = 0;
  await createTask(async () => runs++, { name: 'program' });
  expect(runs).toBe(1);
});
