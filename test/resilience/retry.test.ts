import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createTask, retry, sleep, type CancelledError, type RetryOptions } from '../../src/index.ts';
import { recordMessages } from '../support/messages.ts';
import { expectNoTimersLeft, rejection, turn } from '../support/turn.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(expectNoTimersLeft);

/** Fails so many times, then succeeds. */
function flaky(failures: number): (attempt: { attempt: number }) => Promise<string> {
  return async ({ attempt }) => {
    if (attempt <= failures) throw new Error(`no ${attempt}`);
    return `attempt ${attempt}`;
  };
}

/** The delays between the attempts of an operation that never succeeds. */
async function delaysOf(options: RetryOptions): Promise<number[]> {
  const delays: number[] = [];
  let last = -1;
  const operation = rejection(
    retry(
      async () => {
        if (last >= 0) delays.push(Date.now() - last);
        last = Date.now();
        throw new Error('no');
      },
      { jitter: 0, ...options },
    ),
  );
  for (let count = 1; count < (options.attempts ?? 3); count++) {
    await turn();
    vi.advanceTimersToNextTimer();
  }
  await operation;
  return delays;
}

test('messages of an operation that succeeds at its second attempt', async () => {
  const { stop } = recordMessages();
  const operation = retry(flaky(1), { name: 'rates', jitter: 0 });
  await turn();
  vi.advanceTimersByTime(100);
  await turn();
  expect([await operation, stop()]).toEqual([
    'attempt 2',
    [
      'retry rates created',
      'attempt rates created',
      'rates waits to await rates',
      'attempt rates rejected',
      'rates waited to await rates',
      'rates waits to delay',
      'rates waited to delay',
      'attempt rates created',
      'rates waits to await rates',
      'attempt rates fulfilled',
      'rates waited to await rates',
      'retry rates fulfilled',
    ],
  ]);
});

test('the delays grow by the factor up to the longest', async () => {
  expect([
    await delaysOf({}),
    await delaysOf({ attempts: 6, delay: 10, factor: 3, maxDelay: 100 }),
    await delaysOf({ attempts: 4, delay: 5, factor: 1 }),
    await delaysOf({ attempts: 1 }),
  ]).toEqual([[100, 200], [10, 30, 90, 100, 100], [5, 5, 5], []]);
});

test('jitter shortens a delay by a random part of itself, and by no more than it says', async () => {
  const full = await delaysOf({ attempts: 50, factor: 1, delay: 1000, jitter: 1 });
  const fifth = await delaysOf({ attempts: 50, factor: 1, delay: 1000, jitter: 0.2 });
  expect([
    full.every((delay) => delay >= 0 && delay <= 1000),
    fifth.every((delay) => delay >= 800 && delay <= 1000),
    full.some((delay) => delay < 800),
    new Set(fifth).size > 10,
  ]).toEqual([true, true, true, true]);
});

test('after the last attempt the operation is rejected with its error', async () => {
  const operation = retry(flaky(9), { attempts: 2, delay: 0 });
  await turn();
  vi.advanceTimersToNextTimer();
  expect(await rejection(operation)).toEqual(new Error('no 2'));
  expect(operation.settlement?.outcome).toBe('rejected');
});

test('attempts are counted from 1, for the function, onAttempt and retryIf alike', async () => {
  const calls: string[] = [];
  const operation = rejection(
    retry(
      async ({ attempt }) => {
        calls.push(`run ${attempt}`);
        throw new Error(`no ${attempt}`);
      },
      {
        delay: 1,
        onAttempt: (attempt) => void calls.push(`onAttempt ${attempt}`),
        retryIf: (error, attempt) => calls.push(`retryIf ${attempt} ${(error as Error).message}`) > 0,
      },
    ),
  );
  for (let count = 0; count < 3; count++) {
    await turn();
    vi.advanceTimersByTime(10);
  }
  await operation;
  expect(calls.join(', ')).toBe(
    'onAttempt 1, run 1, retryIf 1 no 1, onAttempt 2, run 2, retryIf 2 no 2, onAttempt 3, run 3',
  );
});

test('retryIf gives up at once, and an error of its own is that of the operation', async () => {
  expect(await rejection(retry(flaky(9), { retryIf: () => false }))).toEqual(new Error('no 1'));
  const throwing = retry(flaky(9), {
    retryIf: () => {
      throw new Error('retryIf');
    },
  });
  expect(await rejection(throwing)).toEqual(new Error('retryIf'));
});

test('the progress says attempt, limit, last error and the next attempt', async () => {
  const operation = retry(flaky(1), { attempts: Infinity, jitter: 0 });
  const first = operation.progress;
  await turn();
  const failed = operation.progress;
  vi.advanceTimersByTime(100);
  await operation;
  expect([first, failed, operation.progress]).toEqual([
    { attempt: 1, limit: null, lastError: undefined, nextAt: null },
    { attempt: 1, limit: null, lastError: new Error('no 1'), nextAt: expect.any(Number) },
    { attempt: 2, limit: null, lastError: new Error('no 1'), nextAt: null },
  ]);
});

test('an operation without a limit goes on, and without a delay it stays without one', async () => {
  const operation = retry(flaky(1500), { attempts: Infinity, delay: 0 });
  for (let count = 0; count < 1500; count++) {
    await turn();
    expect(operation.progress?.nextAt).not.toBeNaN();
    vi.advanceTimersByTime(1);
  }
  expect(await operation).toBe('attempt 1501');
});

test('a cancellation during a delay ends the operation and its timer', async () => {
  const operation = retry(flaky(9));
  await turn();
  expect(operation.waits?.kind).toBe('delay');
  operation.cancel('enough');
  expect([((await rejection(operation)) as CancelledError).cause, operation.settlement?.outcome]).toEqual([
    'enough',
    'cancelled',
  ]);
});

test('a cancellation during an attempt lets it clean up before the operation settles, and is not retried', async () => {
  const log: string[] = [];
  const operation = retry(async ({ signal }) => {
    try {
      await sleep(Infinity);
    } finally {
      await turn();
      log.push(`cleaned up, signal aborted: ${signal.aborted}`);
    }
  });
  await turn();
  operation.cancel('enough');
  expect([((await rejection(operation)) as CancelledError).cause, log, operation.settlement?.outcome]).toEqual([
    'enough',
    ['cleaned up, signal aborted: true'],
    'cancelled',
  ]);
});

test('an attempt may decline a cancellation and return a value, or fail for good', async () => {
  const declining = retry(async () => sleep(Infinity).catch(() => 'declined'));
  declining.cancel();
  const failing = retry(async () =>
    sleep(Infinity).catch(() => {
      throw new Error('clean-up');
    }),
  );
  failing.cancel();
  expect([await declining, await rejection(failing)]).toEqual(['declined', new Error('clean-up')]);
});

test('a signal cancels the operation and is handed to the attempt, also if it is aborted before', async () => {
  const controller = new AbortController();
  const operation = retry(
    async ({ signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    { signal: controller.signal },
  );
  controller.abort('stop');
  expect(((await rejection(operation)) as CancelledError).cause).toBe('stop');

  const before = retry(async () => sleep(Infinity), { signal: AbortSignal.abort('before') });
  expect(((await rejection(before)) as CancelledError).cause).toBe('before');
});

test('a cancellation of a task that awaits the operation with others leaves the operation alone', async () => {
  const operation = retry(flaky(1), { jitter: 0 });
  const waiter = createTask(async () => operation);
  const other = createTask(async () => operation);
  await turn();
  waiter.cancel();
  await rejection(waiter);
  vi.advanceTimersByTime(100);
  expect([await operation, await other]).toEqual(['attempt 2', 'attempt 2']);
});

test.each<[unknown, unknown, string]>([
  ['load', {}, 'the function to retry must be a function, got "load"'],
  [async () => {}, { attempts: 0 }, 'attempts must be a number of at least 1, got 0'],
  [async () => {}, { attempts: 2.5 }, 'attempts must be a whole number or Infinity, got 2.5'],
  [async () => {}, { delay: -1 }, 'delay must be a number of at least 0, got -1'],
  [async () => {}, { factor: 0.5 }, 'factor must be a number of at least 1, got 0.5'],
  [async () => {}, { maxDelay: '1s' }, 'maxDelay must be a number of at least 0, got "1s"'],
  [async () => {}, { jitter: 1.1 }, 'jitter must be between 0 and 1, got 1.1'],
  [async () => {}, { jitter: true }, 'jitter must be a number of at least 0, got true'],
  [async () => {}, { retryIf: /x/ }, 'retryIf must be a function, got a value of type object'],
  [async () => {}, { onAttempt: 1 }, 'onAttempt must be a function, got 1'],
  [async () => {}, { signal: 1 }, 'signal must be an AbortSignal, got 1'],
  [async () => {}, 3, 'options must be an object, got 3'],
])('retry(%s, %o) throws an ArgumentError', (run, options, message) => {
  expect(() => retry(run as () => void, options as object)).toThrow(
    expect.objectContaining({ code: 'ERR_LOOPSCOPE_ARGUMENT', message }),
  );
});
