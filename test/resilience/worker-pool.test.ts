import { pass, startVirtualTime } from '../support/virtual-time.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  ArgumentError,
  createTask,
  QueueFullError,
  sleep,
  StateError,
  takeReport,
  TimeoutError,
  WorkerPool,
  type ExecutorStatistics,
} from '../../src/index.ts';
import { recordMessages } from '../support/messages.ts';
import { expectNoTimersLeft, rejection } from '../support/turn.ts';

beforeEach(startVirtualTime);
afterEach(expectNoTimersLeft);

/** The statistics that are not 0. */
function counts(pool: { readonly statistics: () => ExecutorStatistics }): Partial<ExecutorStatistics> {
  const { kind: _, type: __, capacity: ___, workers: ____, mostWorkers: _____, ...rest } = pool.statistics();
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== 0));
}

const nap = (milliseconds: number) => () => sleep(milliseconds, { value: milliseconds });

test('messages of two jobs for one worker', async () => {
  const { stop } = recordMessages();
  const pool = new WorkerPool({ name: 'mails', workers: 1 });
  pool.submit(nap(10), { name: 'first' });
  pool.submit(() => 2, { name: 'second' });
  await pass(10);
  expect(stop()).toEqual([
    'executor mails created',
    'job first created',
    'first holds mails',
    'first waits to sleep',
    'job second created',
    'second waits to start mails',
    'first waited to sleep',
    'first released mails',
    'second holds mails',
    'second waited to start mails',
    'job first fulfilled',
    'job second started',
    'second released mails',
    'job second fulfilled',
  ]);
});

test('a result says worker, times, status and value', async () => {
  const pool = new WorkerPool({ workers: 2 });
  const jobs = [pool.submit(nap(10)), pool.submit(nap(30)), pool.submit(nap(5))];
  await pass(30);
  const reports = await Promise.all(jobs.map((job) => job.report()));
  expect(
    reports.map(({ worker, waitMs, runMs, status, value, error }) => [
      worker,
      Math.round(waitMs),
      Math.round(runMs),
      status,
      value,
      error,
    ]),
  ).toEqual([
    [1, 0, 10, 'fulfilled', 10, undefined],
    [2, 0, 30, 'fulfilled', 30, undefined],
    [1, 10, 5, 'fulfilled', 5, undefined],
  ]);
});

test('the state of a job is asked for at any time', async () => {
  const pool = new WorkerPool({ workers: 1 });
  const [running, queued] = [pool.submit(nap(10)), pool.submit(nap(10))];
  expect([running.status, running.worker, queued.status, queued.worker]).toEqual(['running', 1, 'queued', null]);
  await pass(20);
  expect([running.status, queued.status, queued.worker]).toEqual(['fulfilled', 'fulfilled', 1]);
});

test('with a handle, items are given, which may be functions', async () => {
  const pool = new WorkerPool({ handle: (item: number | (() => number), { worker }) => [item, worker] });
  const seven = (): number => 7;
  expect([await pool.submit(5).result(), await pool.submit(seven).result()]).toEqual([
    [5, 1],
    [seven, 1],
  ]);
});

test('a job that fails is a result, no unhandled rejection, and its worker goes on', async () => {
  const pool = new WorkerPool({ workers: 1 });
  const job = pool.submit(() => {
    throw new Error('no');
  });
  const next = pool.submit(() => 'next');
  await pass(0);
  expect([await rejection(job.result()), (await job.report()).status, await next.result(), counts(pool)]).toEqual([
    new Error('no'),
    'rejected',
    'next',
    { completed: 2, failed: 1 },
  ]);
});

test('the wait for a result has a timeout, which does not end the job', async () => {
  const pool = new WorkerPool();
  const job = pool.submit(nap(100), { name: 'slow' });
  const early = rejection(job.result({ timeout: 50 }));
  const report = rejection(job.report({ timeout: 60 }));
  await pass(100);
  expect([String(await early), await report, await job.result()]).toEqual([
    'TimeoutError: await task slow: timed out after 50 ms',
    expect.any(TimeoutError),
    100,
  ]);
});

test('who waits for a result waits for the job, and the job shows where it waits', async () => {
  const pool = new WorkerPool({ name: 'mails', workers: 1 });
  pool.submit(nap(10), { name: 'first' });
  const second = pool.submit(nap(10), { name: 'second' });
  const waiter = createTask(() => second.result(), { name: 'waiter' });
  const { tasks, resources } = takeReport();
  const waits = (name: string): unknown =>
    tasks.find((task) => task.name === name)?.waits.map(({ kind, on }) => [kind, on?.kind, on?.name]);
  expect([
    waits('waiter'),
    waits('second'),
    resources.find(({ name }) => name === 'mails')?.holders.map(({ task }) => task.name),
  ]).toEqual([[['await', 'job', 'second']], [['start', 'executor', 'mails']], ['first']]);
  await pass(20);
  await waiter;
});

test('jobs which wait for jobs of the same workers are a wait cycle', async () => {
  const pool = new WorkerPool({ name: 'mails', workers: 1 });
  const outer = pool.submit(() => pool.submit(() => 1, { name: 'inner' }).result(), { name: 'outer' });
  const steps = takeReport().cycles.map((cycle) => cycle.steps.map(({ waitsFor }) => waitsFor.name));
  expect(steps).toEqual([['inner', 'mails']]);
  outer.cancel();
  await rejection(outer.result());
  await pass(0);
});

test('a job is cancelled by its handle or a signal: a queued one never starts', async () => {
  const pool = new WorkerPool({ workers: 1 });
  const log: string[] = [];
  const controller = new AbortController();
  const running = pool.submit(({ signal }) => {
    signal.addEventListener('abort', () => log.push('aborted'));
    return sleep(1000);
  });
  const queued = pool.submit(() => log.push('started'), { signal: controller.signal });
  controller.abort();
  expect([running.cancel(), running.cancel('again')]).toEqual([true, true]);
  const [first, second] = [await running.report(), await queued.report()];
  expect([first.status, second.status, second.worker, second.runMs, log, counts(pool)]).toEqual([
    'cancelled',
    'cancelled',
    null,
    0,
    ['aborted'],
    { completed: 1 },
  ]);
  expect(running.cancel()).toBe(false);
});

test('a job that is cancelled just when it gets its turn does not run, and gives its worker back', async () => {
  const pool = new WorkerPool({ workers: 1 });
  let ran = false;
  const gate = Promise.withResolvers<void>();
  const first = pool.submit(() => gate.promise);
  const second = pool.submit(() => {
    ran = true;
  });
  const third = pool.submit(() => 'third');
  const turned = first.result().then(() => second.cancel());
  gate.resolve();
  await turned;
  expect([await third.result(), (await second.report()).status === 'cancelled' || ran]).toEqual(['third', true]);
});

test('a pool with a capacity refuses what is too much', async () => {
  const pool = new WorkerPool({ name: 'mails', workers: 1, capacity: 1 });
  pool.submit(nap(10));
  pool.submit(nap(10));
  expect(() => pool.submit(nap(10))).toThrow(new QueueFullError('executor mails is full: 1 of 1 jobs wait'));
  expect(counts(pool)).toEqual({ busy: 1, queued: 1, refused: 1 });
  await pass(20);
});

test('a paused pool runs nothing until it is started', async () => {
  const pool = new WorkerPool({ paused: true });
  const job = pool.submit(() => 1);
  await pass(100);
  expect(job.status).toBe('queued');
  pool.start().start();
  expect(await job.result()).toBe(1);
});

test('shutdown waits for all that was given, and takes no more', async () => {
  const pool = new WorkerPool({ name: 'mails', workers: 1, paused: true });
  const jobs = [pool.submit(nap(10)), pool.submit(nap(10))];
  let over = false;
  const shutdown = pool.shutdown().then(() => {
    over = true;
  });
  expect(() => pool.submit(nap(1))).toThrow(new StateError('executor mails is closed: it takes no more jobs'));
  await pass(19);
  expect(over).toBe(false);
  await pass(1);
  await shutdown;
  expect(jobs.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
  await pool.shutdown();
});

test('an immediate shutdown cancels what waits and what runs, and waits until it has cleaned up', async () => {
  const log: string[] = [];
  const pool = new WorkerPool({ workers: 1 });
  const running = pool.submit(async () => {
    try {
      await sleep(1000);
    } finally {
      await sleep(20);
      log.push('cleaned up');
    }
  });
  const queued = pool.submit(() => log.push('started'));
  const shutdown = pool.shutdown({ immediate: true }).then(() => log.push('over'));
  await pass(20);
  await shutdown;
  expect([log, running.status, queued.status]).toEqual([['cleaned up', 'over'], 'cancelled', 'cancelled']);
});

test('disposing of a pool, as await using does, shuts it down', async () => {
  const pool = new WorkerPool();
  const job = pool.submit(() => 1);
  await pool[Symbol.asyncDispose]();
  expect(job.status).toBe('fulfilled');
});

test.for([
  [() => new WorkerPool({ workers: 0 }), 'workers must be a number of at least 1, got 0'],
  [() => new WorkerPool({ capacity: -1 }), 'capacity must be a number of at least 0, got -1'],
  [() => new WorkerPool({ handle: 5 as never }), 'handle must be a function, got 5'],
  [() => new WorkerPool().submit(5 as never), 'the function to submit must be a function, got 5'],
] as const)('%s is refused: %s', ([call, message]) => {
  expect(call).toThrow(new ArgumentError(message));
});
