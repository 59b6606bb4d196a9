import { pass, startVirtualTime } from '../support/virtual-time.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  BreakerOpenError,
  CancelledError,
  classifyError,
  ErrorManager,
  LimitError,
  retry,
  sleep,
  TimeoutError,
  type Attempt,
  type ErrorManagerOptions,
} from '../../src/index.ts';
import { recordMessages } from '../support/messages.ts';
import { expectNoTimersLeft, rejection } from '../support/turn.ts';

beforeEach(startVirtualTime);
afterEach(expectNoTimersLeft);

const withFacts = (facts: object): Error => Object.assign(new Error('no'), facts);

class InsufficientFunds extends Error {}
class ValidationError extends Error {
  override name = 'ValidationError';
}

test.each<[string, unknown]>([
  ['network', withFacts({ code: 'ECONNRESET', errno: -104, syscall: 'read' })],
  ['network', withFacts({ code: 'ENOTFOUND' })],
  ['network', new TypeError('fetch failed', { cause: withFacts({ code: 'ECONNREFUSED' }) })],
  ['network', withFacts({ status: 503 })],
  ['network', withFacts({ response: { status: 429 } })],
  ['network', new BreakerOpenError('open', null, undefined)],
  ['timeout', new TimeoutError('late')],
  ['timeout', new DOMException('late', 'TimeoutError')],
  ['timeout', withFacts({ code: 'UND_ERR_HEADERS_TIMEOUT' })],
  ['timeout', withFacts({ code: 'ETIMEDOUT', errno: -110 })],
  ['timeout', withFacts({ statusCode: 504 })],
  ['cancelled', new CancelledError('stop')],
  ['cancelled', new DOMException('stop', 'AbortError')],
  ['validation', new TypeError('x is not a string')],
  ['validation', new RangeError('too big')],
  ['validation', new SyntaxError('Unexpected token')],
  ['validation', new ValidationError('no')],
  ['validation', Object.assign(new Error('no'), { name: 'ZodError' })],
  ['validation', withFacts({ code: 'ERR_INVALID_ARG_TYPE' })],
  ['validation', withFacts({ status: 422 })],
  ['business', withFacts({ status: 404 })],
  ['business', new InsufficientFunds('no')],
  ['system', withFacts({ code: 'EMFILE', errno: -24, syscall: 'open' })],
  ['system', withFacts({ code: 'ENOSPC', syscall: 'write' })],
  ['system', new ReferenceError('x is not defined')],
  ['system', new LimitError('full')],
  ['system', withFacts({ status: 500 })],
  ['unknown', new Error('no')],
  ['unknown', new AggregateError([])],
  ['unknown', withFacts({ code: 'constructor' })],
  ['unknown', withFacts({ status: 200 })],
  ['unknown', 'a string'],
  ['unknown', undefined],
])('an error of the kind %s: %s', (kind, error) => {
  expect(classifyError(error)).toBe(kind);
});

test('a cause that is its own cause ends the search', () => {
  const error = new Error('round');
  error.cause = error;
  expect(classifyError(error)).toBe('unknown');
});

test('an error that cannot be read is of an unknown kind', () => {
  const hostile = {
    get code() {
      throw new Error('gotcha');
    },
  };
  expect(classifyError(hostile)).toBe('unknown');
});

/** Fails with these errors one after the other, then succeeds. */
function failing(...errors: unknown[]): (attempt: Attempt) => Promise<string> {
  return async ({ attempt }) => {
    if (attempt <= errors.length) throw errors[attempt - 1];
    return `attempt ${attempt}`;
  };
}

const reset = withFacts({ code: 'ECONNRESET' });
const quota = withFacts({ code: 'QUOTA' });
const kinds: ErrorManagerOptions['kinds'] = {
  quota: {
    matches: (error) => error instanceof Error && 'code' in error && error.code === 'QUOTA',
    retry: { attempts: 5, delay: 1000, jitter: 0 },
  },
  timeout: { retry: false },
};

test('messages of an operation whose errors are counted', async () => {
  const { stop } = recordMessages();
  const errors = new ErrorManager({ name: 'orders', kinds });
  const operation = errors.run(failing(quota), { name: 'load' });
  await pass(1000);
  expect([await operation, stop()]).toEqual([
    'attempt 2',
    [
      'errors orders created',
      'retry load created',
      'attempt load created',
      'load waits to await load',
      'attempt load rejected',
      'load waited to await load',
      'orders counted one of quota',
      'load waits to delay',
      'load waited to delay',
      'attempt load created',
      'load waits to await load',
      'attempt load fulfilled',
      'load waited to await load',
      'retry load fulfilled',
    ],
  ]);
});

test.each<[string, unknown[], string, Record<string, number>]>([
  ['network errors three times', [reset, reset], 'attempt 3', { network: 2 }],
  ['network errors no more than that', [reset, reset, reset], 'Error: no', { network: 3 }],
  ['a kind of its own as told', [quota, quota, quota, quota], 'attempt 5', { quota: 4 }],
  ['what was told not to be', [new TimeoutError('late')], 'TimeoutError: late', { timeout: 1 }],
  ['no business errors', [new InsufficientFunds('no')], 'Error: no', { business: 1 }],
  ['no bugs', [new TypeError('no')], 'TypeError: no', { validation: 1 }],
  ['a mixture, by the last error', [quota, quota, quota, reset], 'Error: no', { quota: 3, network: 1 }],
  ['not what is rejected with nothing', [undefined], 'undefined', { unknown: 1 }],
])('retries %s', async (_name, errors, outcome, counts) => {
  const manager = new ErrorManager({ kinds });
  const operation = manager.run(failing(...errors)).then(String, String);
  await pass(20_000);
  expect([await operation, manager.statistics().counts]).toEqual([outcome, counts]);
});

test('the progress says how many attempts the last error has', async () => {
  const manager = new ErrorManager({ kinds });
  const operation = manager.run(failing(reset, quota));
  const limits = [operation.progress?.limit];
  await pass(0);
  limits.push(operation.progress?.limit);
  await pass(100);
  limits.push(operation.progress?.limit);
  await pass(2000);
  await operation;
  expect(limits).toEqual([null, 3, 5]);
});

test('a cancellation is neither counted nor retried', async () => {
  const manager = new ErrorManager();
  const operation = manager.run(async () => sleep(Infinity));
  await pass(1);
  operation.cancel();
  await rejection(operation);
  expect(manager.statistics()).toEqual({ kind: 'errors', total: 0, counts: {} });
});

test('the options of a call hold: its timeout, signal and total time', async () => {
  const manager = new ErrorManager();
  const operation = manager.run(async () => sleep(Infinity), { name: 'load', timeout: 10, totalTimeout: 5000 });
  const error = rejection(operation);
  await pass(5000);
  expect([((await error) as Error).message, manager.statistics().counts]).toEqual([
    'attempt 3 of load timed out after 10 ms',
    { timeout: 3 },
  ]);
});

test('handlers are told of their kind or of all, until they are ended', () => {
  const told: string[] = [];
  const manager = new ErrorManager({ kinds });
  const stop = manager.on('quota', (error, kind) => void told.push(`quota: ${(error as Error).message} ${kind}`));
  manager.on('*', (_error, kind) => void told.push(`any: ${kind}`));
  const handled = [manager.handle(quota), manager.handle(reset)];
  stop();
  stop();
  handled.push(manager.handle(quota));
  expect([handled, told]).toEqual([
    ['quota', 'network', 'quota'],
    ['quota: no quota', 'any: quota', 'any: network', 'any: quota'],
  ]);
});

test('a handler or a matcher that fails changes nothing', async () => {
  const manager = new ErrorManager({
    name: 'orders',
    kinds: {
      broken: {
        matches: () => {
          throw new Error('matcher');
        },
      },
    },
  });
  const told: string[] = [];
  manager.on('network', () => {
    throw new Error('handler');
  });
  manager.on('network', async () => Promise.reject(new Error('async handler')));
  manager.on('network', (_error, kind) => void told.push(kind));
  expect([manager.handle(reset), told, manager.statistics().total]).toEqual(['network', ['network'], 1]);
  await pass(0);
});

test('own kinds are asked in order, before the built-in ones', () => {
  const manager = new ErrorManager({
    kinds: { first: { matches: () => true }, second: { matches: () => true } },
  });
  expect(manager.classify(reset)).toBe('first');
});

test('what is handled by hand is counted, and the statistics are frozen', () => {
  const manager = new ErrorManager();
  for (const error of [reset, reset, 'what']) manager.handle(error);
  const statistics = manager.statistics();
  expect([statistics, Object.isFrozen(statistics), Object.isFrozen(statistics.counts), [...manager.holders()]]).toEqual(
    [{ kind: 'errors', total: 3, counts: { network: 2, unknown: 1 } }, true, true, []],
  );
});

test('classifyError serves a retry of one’s own', async () => {
  const operation = retry(failing(new TypeError('bug')), { retryIf: (error) => classifyError(error) === 'network' });
  expect([await rejection(operation), operation.progress?.gaveUp]).toEqual([new TypeError('bug'), 'retryIf']);
});

test.each<[unknown, string]>([
  [3, 'options must be an object, got 3'],
  [{ kinds: 3 }, 'options must be an object, got 3'],
  [{ kinds: { quota: { matches: 'QUOTA' } } }, 'matches of quota must be a function, got "QUOTA"'],
  [{ kinds: { quota: { retry: { attempts: 0 } } } }, 'attempts must be a number of at least 1, got 0'],
  [
    { kinds: Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`kind ${index}`, {}])) },
    'at most 100 kinds, got 101',
  ],
])('new ErrorManager(%o) throws an ArgumentError', (options, message) => {
  expect(() => new ErrorManager(options as ErrorManagerOptions)).toThrow(
    expect.objectContaining({ code: 'ERR_LOOPSCOPE_ARGUMENT', message }),
  );
});
