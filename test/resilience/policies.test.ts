// Fallbacks, timeouts, bulkheads, and compositions of them.
import { pass, startVirtualTime } from '../support/virtual-time.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  bulkhead,
  CancelledError,
  CircuitBreaker,
  compose,
  createTask,
  currentTask,
  type LimitError,
  Lock,
  policies,
  RateLimiter,
  Semaphore,
  sleep,
  takeReport,
  TimeoutError,
  withFallback,
  type Policy,
} from '../../src/index.ts';
import { recordMessages } from '../support/messages.ts';
import { expectNoTimersLeft, microtasks, rejection } from '../support/turn.ts';

beforeEach(startVirtualTime);
afterEach(expectNoTimersLeft);

const fail = async (): Promise<never> => {
  throw new Error('no');
};

test('messages of a call with a fallback', async () => {
  const { stop } = recordMessages();
  const value = await withFallback(fail, () => 'cached', { name: 'prices' });
  expect([value, stop()]).toEqual([
    'cached',
    ['call prices created', '(main) waits to await prices', 'call prices fulfilled', '(main) waited to await prices'],
  ]);
});

test('a fallback is told the error, may be async, and may fail itself', async () => {
  const told: unknown[] = [];
  const value = await withFallback<string>(fail, async (error) => {
    told.push(error);
    await null;
    return 'cached';
  });
  expect([value, told, await rejection(withFallback(fail, () => Promise.reject(new Error('neither'))))]).toEqual([
    'cached',
    [new Error('no')],
    new Error('neither'),
  ]);
});

test('a fallback is for the errors that shouldHandle accepts, and not for cancellations', async () => {
  const fallback = (): string => 'cached';
  const declined = await rejection(withFallback<string>(fail, fallback, { shouldHandle: () => false }));
  const task = createTask(async () => withFallback<string>(async () => sleep(Infinity), fallback));
  await microtasks(3);
  task.cancel();
  expect([declined, await rejection(task)]).toEqual([new Error('no'), expect.any(CancelledError)]);
});

test('a result needs no fallback', async () => {
  expect(await withFallback(async () => 'fine', fail)).toBe('fine');
});

test.each<[unknown[], string]>([
  [['run', () => 1], 'the function to call must be a function, got "run"'],
  [[() => 1, 'cached'], 'fallback must be a function, got "cached"'],
  [[() => 1, () => 2, { shouldHandle: 1 }], 'shouldHandle must be a function, got 1'],
  [[() => 1, () => 2, 'name'], 'options must be an object, got "name"'],
])('withFallback(%o) throws an ArgumentError', (args, message) => {
  expect(() => Reflect.apply(withFallback, undefined, args)).toThrow(message);
});

test('messages of a bulkhead: one in, one in line, one refused', async () => {
  const { stop } = recordMessages();
  const reports = bulkhead(1, 1, { name: 'reports' });
  const results = ['first', 'second', 'third'].map((name) =>
    createTask(async () => reports.run(async () => sleep(10)).catch((error: Error) => error.message), { name }),
  );
  await pass(20);
  const lines = stop();
  expect([await Promise.all(results), lines]).toEqual([
    [undefined, undefined, 'reports refuses: 1 of 1 calls are under way, and 1 wait'],
    [
      'limiter reports created',
      'task first created',
      'first holds reports',
      'task second created',
      'second waits to acquire reports',
      'task third created',
      'first waits to sleep',
      'task third fulfilled',
      'first waited to sleep',
      'first released reports',
      'second holds reports',
      'second waited to acquire reports',
      'second waits to sleep',
      'task first fulfilled',
      'second waited to sleep',
      'second released reports',
      'task second fulfilled',
    ],
  ]);
});

test('a bulkhead says whom it refused and why, and gives its places back whatever happens', async () => {
  const reports = bulkhead(2, 0, { name: 'reports' });
  const controller = new AbortController();
  const running = [
    rejection(reports.run(async () => sleep(10).then(fail))),
    rejection(reports.run(async () => sleep(Infinity, { signal: controller.signal }))),
  ];
  const error = (await rejection(reports.run(() => 1))) as LimitError;
  expect([error.code, error.message, reports.statistics()]).toEqual([
    'ERR_LOOPSCOPE_LIMIT',
    'reports refuses: 2 of 2 calls are under way',
    { kind: 'limiter', limit: 2, windowMs: null, used: 2, waiters: 0, passed: 2, refused: 1 },
  ]);
  controller.abort();
  await pass(10);
  await Promise.all(running);
  expect([await reports.run(() => 'in'), reports.statistics().used, [...reports.holders()]]).toEqual(['in', 0, []]);
});

test('a call of a full bulkhead that is not to begin is none that it refused', async () => {
  const reports = bulkhead(1);
  const first = reports.run(async () => sleep(1));
  const gone = new Error('gone');
  expect(await rejection(reports.run(fail, { signal: AbortSignal.abort(gone) }))).toBe(gone);
  expect(reports.statistics()).toMatchObject({ passed: 1, refused: 0 });
  await pass(1);
  await first;
});

test('a wait for a bulkhead ends by its timeout', async () => {
  const reports = bulkhead(1, 1, { name: 'reports' });
  const first = reports.run(async () => sleep(50));
  const second = rejection(reports.run(() => 1, { timeout: 10 }));
  await pass(50);
  await first;
  expect(((await second) as Error).message).toBe('acquire limiter reports: timed out after 10 ms');
});

test('a report shows who is in a bulkhead', async () => {
  const reports = bulkhead(1, 1, { name: 'reports' });
  const inside = createTask(async () => reports.run(async () => sleep(10)), { name: 'inside' });
  const { resources } = await takeReport();
  await pass(10);
  await inside;
  expect(
    resources.filter(({ name }) => name === 'reports').map(({ holders }) => holders.map((h) => h.task.name)),
  ).toEqual([['inside']]);
});

test.each<[() => unknown, string]>([
  [() => bulkhead(0), 'limit must be a number of at least 1, got 0'],
  [() => bulkhead(1, -1), 'queueLimit must be a number of at least 0, got -1'],
  [() => policies.timeout(-1), 'milliseconds must be a number of at least 0, got -1'],
  [() => policies.retry({ attempts: 0 }), 'attempts must be a number of at least 1, got 0'],
  [() => policies.fallback('x' as never), 'fallback must be a function, got "x"'],
  [() => compose({} as Policy), 'a policy must have a method run(fn)'],
  [() => compose(null as never), 'a policy must have a method run(fn)'],
])('%s throws an ArgumentError', (make, message) => {
  expect(make).toThrow(expect.objectContaining({ code: 'ERR_LOOPSCOPE_ARGUMENT', message }));
});

test('messages of a composition: each policy stands below the one around it', async () => {
  const { stop } = recordMessages();
  const breaker = new CircuitBreaker({ name: 'payments' });
  const api = compose(policies.retry({ name: 'again', attempts: 2, jitter: 0, delay: 10 }), breaker);
  let calls = 0;
  const value = api.run(async () => (++calls === 1 ? fail() : 'paid'), { name: 'pay' });
  await pass(10);
  expect([await value, stop()]).toEqual([
    'paid',
    [
      'breaker payments created',
      'call pay created',
      'retry again created',
      'attempt again created',
      'call payments created',
      'again waits to await payments',
      'again waits to await again',
      'pay waits to await again',
      '(main) waits to await pay',
      'call payments rejected',
      'again waited to await payments',
      'attempt again rejected',
      'again waited to await again',
      'again waits to delay',
      'again waited to delay',
      'attempt again created',
      'call payments created',
      'again waits to await payments',
      'again waits to await again',
      'call payments fulfilled',
      'again waited to await payments',
      'attempt again fulfilled',
      'again waited to await again',
      'retry again fulfilled',
      'pay waited to await again',
      'call pay fulfilled',
      '(main) waited to await pay',
    ],
  ]);
});

test('the outermost policy comes first', async () => {
  const order: string[] = [];
  const noting = (name: string): Policy => ({
    async run(run) {
      order.push(`${name} in`);
      const value = await run();
      order.push(`${name} out`);
      return value;
    },
  });
  await compose(noting('a'), noting('b')).run(() => void order.push('call'));
  expect(order).toEqual(['a in', 'b in', 'call', 'b out', 'a out']);
});

test('a composition of nothing calls the function, in a task', async () => {
  expect(await compose().run(async () => currentTask()?.origin.kind)).toBe('call');
});

test('a timeout within a retry ends one attempt, around it the whole', async () => {
  let attempts = 0;
  const hang = async (): Promise<void> => {
    attempts++;
    await sleep(Infinity);
  };
  const retried = policies.retry({ attempts: 3, delay: 0 });
  const each = rejection(compose(retried, policies.timeout(10)).run(hang));
  await pass(40);
  const all = rejection(compose(policies.timeout(10), retried).run(hang));
  await pass(10);
  expect([await each, await all, attempts]).toEqual([expect.any(TimeoutError), expect.any(TimeoutError), 4]);
});

test('the function is told by its signal when a policy gives it up, and when who waits is cancelled', async () => {
  const reasons: unknown[] = [];
  const api = compose(policies.retry({ attempts: 1 }), new CircuitBreaker(), policies.timeout(50), new Lock());
  const hang = async ({ signal }: { readonly signal: AbortSignal }): Promise<void> => {
    signal.addEventListener('abort', () => reasons.push((signal.reason as CancelledError).cause));
    await sleep(Infinity);
  };
  const timedOut = rejection(api.run(hang));
  await pass(50);
  const task = createTask(async () => api.run(hang));
  await pass(1);
  task.cancel('enough');
  const controller = new AbortController();
  const aborted = rejection(api.run(hang, { signal: controller.signal }));
  await pass(1);
  controller.abort('stop');
  expect([
    await timedOut,
    await rejection(task),
    ((await aborted) as CancelledError).cause,
    reasons.map((reason) => (reason instanceof Error ? reason.name : reason)),
  ]).toEqual([expect.any(TimeoutError), expect.any(CancelledError), 'stop', ['TimeoutError', 'enough', 'stop']]);
});

test('locks, semaphores, limiters and bulkheads are policies', async () => {
  const api = compose(
    new Lock(),
    new Semaphore(1),
    new RateLimiter({ limit: 1 }),
    bulkhead(1),
    policies.fallback(() => 'cached'),
  );
  const first = api.run<string>(fail);
  const second = api.run(async () => 'fine');
  await pass(1000);
  expect(await Promise.all([first, second])).toEqual(['cached', 'fine']);
});

test('a policy that throws is a call that fails, and what its function throws at once too', async () => {
  const broken: Policy = {
    run() {
      throw new Error('broken');
    },
  };
  const throwing = (): never => {
    throw new Error('thrown');
  };
  expect([
    await rejection(compose(broken).run(() => 1)),
    await rejection(compose(policies.timeout(1)).run(throwing)),
    await rejection(compose(new Lock()).run(throwing)),
  ]).toEqual([new Error('broken'), new Error('thrown'), new Error('thrown')]);
});
