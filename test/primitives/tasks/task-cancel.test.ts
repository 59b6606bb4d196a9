import { afterEach, expect, test } from 'vitest';
import {
  CircuitBreaker,
  compose,
  createTask,
  ErrorManager,
  policies,
  Queue,
  retry,
  sleep,
  timeout,
  withFallback,
  type CancelledError,
} from '../../../src/index.ts';
import { expectNothingLeft, microtasks, rejection, turn } from '../../support/turn.ts';

afterEach(expectNothingLeft);

test('cancel ends the wait at which the task is parked, with the reason as cause, and finally blocks run', async () => {
  const steps: unknown[] = [];
  const task = createTask(async () => {
    try {
      await sleep(Infinity);
    } finally {
      steps.push('cleaned up');
    }
  });
  expect(task.cancel('enough')).toBe(true);
  const error = (await rejection(task)) as CancelledError;
  expect([error.code, error.cause, steps, task.cancel()]).toEqual([
    'ERR_LOOPSCOPE_CANCELLED',
    'enough',
    ['cleaned up'],
    false,
  ]);
});

test('cancel of a task that is not parked is delivered once, at its next wait, and may be declined there', async () => {
  const steps: unknown[] = [];
  const task = createTask(async () => {
    await turn();
    await sleep(0).catch((error: Error) => steps.push(error.name));
    await sleep(0);
    return 'went on';
  });
  task.cancel();
  expect(await task).toBe('went on');
  expect([steps, task.settlement?.outcome]).toEqual([['CancelledError'], 'fulfilled']);
});

test('cancel ends the wait for another task, which goes on', async () => {
  let finish = (): void => {};
  const child = createTask(() => new Promise<void>((resolve) => (finish = resolve)));
  const parent = createTask(async () => child);
  await microtasks(2);
  parent.cancel();
  await rejection(parent);
  expect([child.done, parent.settlement?.outcome]).toEqual([false, 'cancelled']);
  finish();
  await child;
});

test('cancel in the microtask before a task parks on another is delivered there', async () => {
  const child = createTask(async () => turn());
  const parent = createTask(async () => child);
  parent.cancel();
  expect(((await rejection(parent)) as CancelledError).code).toBe('ERR_LOOPSCOPE_CANCELLED');
  await child;
});

test('cancel rejects every wait of a task, and a wait that nobody awaits is no unhandled rejection', async () => {
  const queue = new Queue<number>();
  const task = createTask(async () => {
    const pending = queue.get();
    await queue.get();
    await pending;
  });
  task.cancel();
  await rejection(task);
  expect(queue.statistics().getters).toBe(0);
  await turn();
});

test('a task that is cancelled before its first microtask never runs', async () => {
  let ran = false;
  const task = createTask(async () => (ran = true), { eager: false });
  task.cancel();
  await rejection(task);
  expect([ran, task.settlement?.outcome, task.startedAt]).toEqual([false, 'cancelled', null]);
});

test('the signal of a task is aborted by cancel, also when it is asked for afterwards', async () => {
  const task = createTask(async ({ signal }) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    return (signal.reason as CancelledError).cause;
  });
  task.cancel('why');
  expect(await task).toBe('why');

  const late = createTask(async (self): Promise<boolean> => {
    await turn();
    return self.signal.aborted;
  });
  late.cancel();
  expect(await late).toBe(true);
});

test('what is cancelled before it begins is not called', async () => {
  const signal = AbortSignal.abort('before');
  const calls: string[] = [];
  const call = (name: string) => () => calls.push(name);
  const outcomes = [
    createTask(call('task'), { signal }),
    retry(call('retry'), { signal }),
    new ErrorManager().run(call('errors'), { signal }),
    new CircuitBreaker().run(call('breaker'), { signal }),
    withFallback(call('function'), call('fallback'), { signal }),
    compose(policies.retry()).run(call('composition'), { signal }),
    timeout(10, call('timeout'), { signal }),
  ].map(async (promise) => ((await rejection(promise)) as CancelledError).cause);
  expect([await Promise.all(outcomes), calls]).toEqual([Array(7).fill('before'), []]);
});

test('a signal cancels the task, and the listener is gone when the task has settled', async () => {
  const controller = new AbortController();
  const task = createTask(async () => sleep(Infinity), { signal: controller.signal });
  controller.abort('stop');
  expect(((await rejection(task)) as CancelledError).cause).toBe('stop');

  const other = new AbortController();
  const done = createTask(async () => 1, { signal: other.signal });
  await done;
  other.abort();
  expect(done.signal.aborted).toBe(false);
});
