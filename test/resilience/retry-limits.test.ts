// What ends a retry beside success: timeouts, budgets, and what servers ask for. In virtual time.
import { pass, startVirtualTime } from '../support/virtual-time.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  allTasks,
  createTask,
  retry,
  RetryBudget,
  sleep,
  TimeoutError,
  type GiveUpReason,
  type RetryOptions,
  type Task,
} from '../../src/index.ts';
import { now } from '../../src/runtime/clock.ts';
import { recordMessages } from '../support/messages.ts';
import { expectNoTimersLeft, rejection } from '../support/turn.ts';

beforeEach(startVirtualTime);
afterEach(expectNoTimersLeft);

const failing = async (): Promise<never> => {
  throw new Error('no');
};

/** Lets so much time pass and says what the operation came to: its error and why it gave up. */
async function outcomeAfter(
  milliseconds: number,
  operation: Task,
): Promise<{ message: string; gaveUp: GiveUpReason | undefined }> {
  const rejected = rejection(operation);
  await pass(milliseconds);
  return { message: ((await rejected) as Error).message, gaveUp: operation.progress?.gaveUp };
}

/** When each attempt of an operation that always fails began, in milliseconds since the first. */
async function startsOf(error: unknown, options: RetryOptions, milliseconds: number): Promise<number[]> {
  const starts: number[] = [];
  const began = now();
  const operation = retry(
    () => {
      starts.push(Math.round(now() - began));
      throw error;
    },
    { jitter: 0, attempts: 3, delay: 10, ...options },
  );
  const rejected = rejection(operation);
  await pass(milliseconds);
  operation.cancel();
  await rejected;
  return starts;
}

test('messages of an attempt that hangs, is given up and followed by one that succeeds', async () => {
  const { stop } = recordMessages();
  const operation = retry(async ({ attempt }) => (attempt === 1 ? sleep(Infinity) : 'done'), {
    name: 'rates',
    timeout: 50,
    jitter: 0,
  });
  await pass(150);
  expect([await operation, stop()]).toEqual([
    'done',
    [
      'retry rates created',
      'attempt rates created',
      'rates waits to sleep',
      'rates waits to await rates',
      'rates waited to sleep',
      'attempt rates timed out',
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

test('an attempt that ignores its signal is not waited for', async () => {
  let calls = 0;
  const operation = retry(() => (++calls < 3 ? new Promise<string>(() => {}) : 'third'), {
    timeout: 10,
    delay: 0,
  });
  await pass(30);
  expect([await operation, calls]).toEqual(['third', 3]);
});

test('an attempt that takes too long is told by its signal, and the error says which it was', async () => {
  const reasons: unknown[] = [];
  const operation = retry(
    ({ signal }) =>
      new Promise<void>(() => {
        signal.addEventListener('abort', () => reasons.push((signal.reason as Error).cause));
      }),
    { name: 'rates', timeout: 10, attempts: 2, delay: 0 },
  );
  expect(await outcomeAfter(30, operation)).toEqual({
    message: 'attempt 2 of rates timed out after 10 ms',
    gaveUp: 'attempts',
  });
  expect(reasons).toEqual([
    new TimeoutError('attempt 1 of rates timed out after 10 ms'),
    new TimeoutError('attempt 2 of rates timed out after 10 ms'),
  ]);
  expect(operation.settlement?.outcome).toBe('timed out');
});

test('an attempt just within its time succeeds, and leaves no timer', async () => {
  const operation = retry(async () => sleep(9, { value: 'in time' }), { timeout: 10 });
  await pass(9);
  expect(await operation).toBe('in time');
});

test('the total time ends an attempt that runs, and the operation has timed out', async () => {
  const operation = retry(async () => sleep(Infinity), { name: 'rates', totalTimeout: 500 });
  expect(await outcomeAfter(500, operation)).toEqual({
    message: 'retry rates timed out after 500 ms',
    gaveUp: 'total timeout',
  });
  expect(operation.settlement?.outcome).toBe('timed out');
});

test('the total time ends an operation whose attempt ignores its signal', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const operation = retry(async () => promise, { name: 'rates', totalTimeout: 500 });
  expect((await outcomeAfter(500, operation)).gaveUp).toBe('total timeout');
  // It is still at it, and to be seen.
  expect(allTasks().map(({ origin }) => `${origin.kind} ${origin.name}`)).toEqual(['attempt rates']);
  resolve();
});

test.each([
  [100, 'total timeout', 'no'],
  [99, 'total timeout', 'no'],
])('no delay is begun that would end after the total time (%i ms)', async (totalTimeout, gaveUp, message) => {
  const operation = retry(failing, { delay: totalTimeout + 1, jitter: 0, totalTimeout });
  expect(await outcomeAfter(1, operation)).toEqual({ message, gaveUp });
});

test('a delay that ends with the total time is waited for', async () => {
  let calls = 0;
  const operation = retry(() => (++calls === 1 ? failing() : 'second'), { delay: 99, jitter: 0, totalTimeout: 100 });
  await pass(99);
  expect(await operation).toBe('second');
});

test('each reason to give up is told', async () => {
  const cancelled = retry(failing);
  const budget = new RetryBudget({ maxTokens: 1 });
  const results = await Promise.all([
    outcomeAfter(0, retry(failing, { attempts: 1 })),
    outcomeAfter(0, retry(failing, { retryIf: () => false })),
    outcomeAfter(0, retry(failing, { budget })),
    outcomeAfter(0, retry(failing, { totalTimeout: 5, jitter: 0 })),
    outcomeAfter(
      0,
      retry(() => Promise.reject(Object.assign(new Error('no'), { retryAfter: 61 }))),
    ),
  ]);
  cancelled.cancel();
  await rejection(cancelled);
  const success = retry(async () => 'fine');
  await success;
  expect([...results.map(({ gaveUp }) => gaveUp), cancelled.progress?.gaveUp, success.progress?.gaveUp]).toEqual([
    'attempts',
    'retryIf',
    'budget',
    'total timeout',
    'retry-after',
    'cancelled',
    undefined,
  ]);
});

test('a cancellation during an attempt is told as such', async () => {
  const operation = retry(async () => sleep(Infinity));
  await pass(1);
  operation.cancel();
  expect((await outcomeAfter(0, operation)).gaveUp).toBe('cancelled');
});

test('a cancelled task ends the retry that it alone waits for', async () => {
  let operation: Task | undefined;
  const waiter = createTask(async () => (operation = retry(async () => sleep(Infinity))));
  await pass(1);
  waiter.cancel();
  await rejection(waiter);
  expect([operation?.settlement?.outcome, operation?.progress?.gaveUp]).toEqual(['cancelled', 'cancelled']);
});

const date = (milliseconds: number): string => new Date(milliseconds).toUTCString();

test.each<[string, () => unknown]>([
  ['seconds of an error', () => ({ retryAfter: 2 })],
  ['seconds as text', () => ({ retryAfter: '2' })],
  ['a date object', () => ({ retryAfter: new Date(Date.now() + 2000) })],
  ['a date as text', () => ({ retryAfter: date(Date.now() + 2000) })],
  ['a field of Headers', () => ({ headers: new Headers({ 'Retry-After': '2' }) })],
  ['a field of a plain object', () => ({ headers: { 'retry-after': '2' } })],
  ['a field in capitals', () => ({ headers: { 'Retry-After': '2' } })],
  ['several fields', () => ({ headers: { 'retry-after': ['2', '3'] } })],
  ['the headers of a response', () => ({ response: { headers: new Headers({ 'retry-after': '2' }) } })],
  ['a date in a field', () => ({ headers: { 'retry-after': date(Date.now() + 2000) } })],
  [
    "a date by the server's clock, which is a day slow",
    () => ({ headers: { 'retry-after': date(Date.now() - 86_398_000), date: date(Date.now() - 86_400_000) } }),
  ],
  ['our own refusals', () => ({ nextInMs: 2000 })],
])('the next attempt is not before Retry-After: %s', async (_name, failure) => {
  vi.setSystemTime(1_700_000_000_000);
  expect(await startsOf(Object.assign(new Error('busy'), failure()), { attempts: 2 }, 3000)).toEqual([0, 2000]);
});

test.each<[string, unknown]>([
  ['a negative number', { retryAfter: -1 }],
  ['what is no number', { nextInMs: NaN }],
  ['words', { retryAfter: 'soon' }],
  ['an empty text', { headers: { 'retry-after': ' ' } }],
  ['a date that has passed', { retryAfter: 'Mon, 01 Jan 1990 00:00:00 GMT' }],
  ['headers without it', { headers: { date: 'Mon, 01 Jan 1990 00:00:00 GMT' } }],
  ['null', null],
  ['a string', 'no'],
  [
    'a getter that throws',
    {
      get headers() {
        throw new Error('gotcha');
      },
    },
  ],
])('what is no Retry-After leaves the delay as it is: %s', async (_name, failure) => {
  expect(await startsOf(failure, { attempts: 2 }, 100)).toEqual([0, 10]);
});

test('Retry-After shortens no delay, and can be left alone', async () => {
  const failure = { retryAfter: 0.001 };
  expect([
    await startsOf(failure, { attempts: 2, delay: 50 }, 100),
    await startsOf({ retryAfter: 5 }, { attempts: 2, maxRetryAfter: 0 }, 100),
  ]).toEqual([
    [0, 50],
    [0, 10],
  ]);
});

test('a server that asks for exactly the longest Retry-After is waited for, for more it is given up', async () => {
  expect([
    await startsOf({ retryAfter: 3 }, { attempts: 2, maxRetryAfter: 3000 }, 4000),
    await startsOf({ retryAfter: 3.001 }, { attempts: 2, maxRetryAfter: 3000 }, 4000),
  ]).toEqual([[0, 3000], [0]]);
});

test('a response can count as a failure, whose Retry-After holds', async () => {
  const responses = [
    new Response(null, { status: 503, headers: { 'retry-after': '1' } }),
    new Response(null, { status: 503 }),
    new Response('fine'),
  ];
  const operation = retry(async () => responses.shift() as Response, {
    retryResultIf: ({ status }) => status === 503,
    jitter: 0,
  });
  await pass(999);
  expect(operation.progress).toMatchObject({ attempt: 1, limit: 3, lastError: 'HTTP status 503' });
  await pass(1 + 200);
  expect((await operation).status).toBe(200);
});

test('the last result that is not accepted is returned as it is', async () => {
  const operation = retry(async ({ attempt }) => attempt, { attempts: 2, retryResultIf: () => true });
  await pass(100);
  expect([await operation, operation.progress?.gaveUp]).toEqual([2, 'attempts']);
});

test('a budget: at half of its tokens nothing is retried, and successes fill it again', async () => {
  const budget = new RetryBudget({ maxTokens: 4, tokenRatio: 0.5 });
  const calls = async (): Promise<number> => (await startsOf(new Error('no'), { budget, attempts: 9 }, 2000)).length;
  const seen = [await calls(), budget.statistics(), await calls()];
  for (let index = 0; index < 6; index++) await retry(async () => {}, { budget });
  seen.push(budget.statistics(), await calls());
  expect(seen).toEqual([
    2, // 4 tokens, 3 after the first failure: retried; 2 after the second: not
    { tokens: 2, maxTokens: 4, refused: 1 },
    1,
    { tokens: 4, maxTokens: 4, refused: 2 },
    2,
  ]);
});

test('a retry storm: a thousand operations of a name that share its budget make few retries', async () => {
  let calls = 0;
  const storm = Array.from({ length: 1000 }, () =>
    rejection(
      retry(
        () => {
          calls++;
          throw new Error('down');
        },
        { name: 'storm', budget: true, attempts: 5 },
      ),
    ),
  );
  await pass(60_000);
  await Promise.all(storm);
  expect(calls).toBe(1004);
});

test('budgets of different names are apart', async () => {
  const budget = true;
  await startsOf(new Error('no'), { name: 'one', budget, attempts: 9 }, 10_000);
  expect([
    (await startsOf(new Error('no'), { name: 'one', budget, attempts: 2 }, 100)).length,
    (await startsOf(new Error('no'), { name: 'other', budget, attempts: 2 }, 100)).length,
  ]).toEqual([1, 2]);
});

test.each<[RetryOptions, string]>([
  [{ timeout: -1 }, 'timeout must be a number of at least 0, got -1'],
  [{ totalTimeout: NaN }, 'totalTimeout must be a number of at least 0, got NaN'],
  [{ maxRetryAfter: -1 }, 'maxRetryAfter must be a number of at least 0, got -1'],
  [{ budget: 3 as never }, 'budget must be a RetryBudget, or true for that of the name'],
  [{ retryResultIf: true as never }, 'retryResultIf must be a function, got true'],
])('retry with %o throws an ArgumentError', (options, message) => {
  expect(() => retry(failing, options)).toThrow(expect.objectContaining({ code: 'ERR_LOOPSCOPE_ARGUMENT', message }));
});

test.each<[unknown, string]>([
  [{ maxTokens: 0 }, 'maxTokens must be a number of at least 1, got 0'],
  [{ tokenRatio: 0 }, 'tokenRatio must be more than 0, or the budget would never recover'],
  [5, 'options must be an object, got 5'],
])('new RetryBudget(%o) throws an ArgumentError', (options, message) => {
  expect(() => new RetryBudget(options as object)).toThrow(message);
});
