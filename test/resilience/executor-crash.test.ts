// What becomes of jobs whose workers crash, are killed, do not start, or do not end when they are told.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  CancelledError,
  ExecutorCrashedError,
  ProcessExecutor,
  ThreadExecutor,
  type Executor,
} from '../../src/index.ts';
import { executors, spin, wait, work } from '../support/executors.ts';
import { expectNothingLeft, rejection } from '../support/turn.ts';

afterEach(expectNothingLeft);

describe.each(executors)('%s', (type, make: (options?: object) => Executor) => {
  let executor: Executor;
  let folder: string;

  beforeAll(() => {
    // a long grace where a job shall end by itself, however slow the machine is
    executor = make({ name: 'jobs', workers: 2, grace: 600_000 });
    folder = mkdtempSync(join(tmpdir(), 'loopscope-jobs-'));
  });
  afterAll(async () => {
    await executor.close();
    rmSync(folder, { recursive: true });
  });

  test.for([
    ['exits', () => process.exit(3), { exitCode: 3, signal: null }],
    [
      'throws outside of its function',
      () =>
        new Promise(
          () =>
            void setTimeout(() => {
              throw new Error('stray');
            }),
        ),
      { exitCode: 1, signal: null },
    ],
    [
      'loses a rejection',
      () => new Promise(() => void Promise.reject(new Error('lost'))),
      { exitCode: 1, signal: null },
    ],
  ] as const)('a worker that %s rejects its job, and the next has a new one', async ([, run, end]) => {
    const [error, neighbour] = [rejection(executor.run(run, [], { name: 'crash' })), executor.run(wait, [20])];
    expect(await error).toBeInstanceOf(ExecutorCrashedError);
    const { code, exitCode, signal, message } = (await error) as ExecutorCrashedError;
    expect({
      code,
      exitCode,
      signal,
      says: message.includes('executor jobs') && message.endsWith('while it ran job crash'),
    }).toEqual({
      code: 'ERR_LOOPSCOPE_EXECUTOR_CRASHED',
      ...end,
      says: true,
    });
    expect([await neighbour, await executor.run(() => 'alive')]).toEqual([20, 'alive']);
  });

  test.each(type === 'processes' ? ['a process'] : [])('%s that is killed is named with its signal', async () => {
    const error = (await rejection(
      executor.run(() => {
        process.kill(process.pid, 'SIGKILL');
        return new Promise(() => {});
      }),
    )) as ExecutorCrashedError;
    expect([error.signal, error.exitCode, await executor.run(() => 'alive')]).toEqual(['SIGKILL', null, 'alive']);
  });

  test('a cancelled job that waits is asked to end, and may clean up', async () => {
    const file = join(folder, 'stubborn');
    const job = executor.run({ file: work, export: 'stubborn' }, [file, 10]);
    const ended = rejection(job);
    while (!existsSync(file)) await wait(5);
    job.cancel('enough');
    const error = (await ended) as CancelledError;
    expect([error instanceof CancelledError, error.cause, readFileSync(file, 'utf8'), job.settlement?.outcome]).toEqual(
      [true, 'enough', 'cleaned up', 'cancelled'],
    );
  });

  test('a job that is cancelled while its worker starts is told so at once, and not by the end of its worker', async () => {
    const cold = make({ name: 'cold', workers: 1, grace: 60_000 });
    const job = cold.run({ file: work, export: 'wait' });
    const ended = rejection(job);
    await wait(5);
    job.cancel();
    expect(await ended).toBeInstanceOf(CancelledError);
    expect([cold.statistics().workers, await cold.run(() => 'next'), await cold.close()]).toEqual([
      1,
      'next',
      undefined,
    ]);
  });

  test('a cancelled job that computes on is ended with its worker after the grace', async () => {
    const hasty = make({ name: 'hasty', workers: 1, grace: 50 });
    await hasty.run(() => 0);
    const job = hasty.run(spin, [], { name: 'spin' });
    const ended = rejection(job);
    job.cancel();
    expect(await ended).toBeInstanceOf(CancelledError);
    expect([job.settlement?.outcome, await hasty.run(() => 'alive'), await hasty.close()]).toEqual([
      'cancelled',
      'alive',
      undefined,
    ]);
  });

  test('a second cancellation does not wait for the grace', async () => {
    const job = executor.run(spin);
    const ended = rejection(job);
    job.cancel();
    job.cancel();
    expect(await ended).toBeInstanceOf(CancelledError);
  });

  test('a job that declines its cancellation is fulfilled', async () => {
    const file = join(folder, 'unmoved');
    const job = executor.run<[string], string>({ file: work, export: 'unmoved' }, [file]);
    while (!existsSync(file)) await wait(5);
    job.cancel();
    expect(await job).toBe('still here');
  });

  test('a worker that has nothing to do ends after its time', async () => {
    const short = make({ name: 'short', workers: 1, idleTimeout: 20 });
    await short.run(() => 1);
    while (short.statistics().workers > 0) await wait(5);
    expect([await short.run(() => 2), await short.close()]).toEqual([2, undefined]);
  });
});

test('a thread that runs out of memory is an error of its job alone', async () => {
  const executor = new ThreadExecutor({ workers: 1, resourceLimits: { maxOldGenerationSizeMb: 16 } });
  onTestFinished(() => executor.close());
  const error = await rejection(
    executor.run(function hoard() {
      const all: unknown[] = [];
      for (;;) all.push(Array.from({ length: 10_000 }, () => ({})));
    }),
  );
  expect(error).toBeInstanceOf(ExecutorCrashedError);
  expect([(error as Error).message, await executor.run(() => 'alive')]).toEqual([
    'a thread of executor threads ran out of memory while it ran job hoard',
    'alive',
  ]);
});

test('workers that cannot start reject their jobs instead of leaving them', async () => {
  const options = { workers: 2, execArgv: ['--import', 'data:text/javascript,process.exit(7)'] };
  for (const executor of [new ThreadExecutor(options), new ProcessExecutor(options)]) {
    const ends = await Promise.all([rejection(executor.run(() => 1)), rejection(executor.run(() => 2))]);
    expect(ends.map((end) => end instanceof ExecutorCrashedError)).toEqual([true, true]);
    await executor.close();
  }
});
