import { runInNewContext } from 'node:vm';
import { leap, pass, startVirtualTime } from '../support/virtual-time.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  BreakerOpenError,
  CancelledError,
  CircuitBreaker,
  createTask,
  currentTask,
  retry,
  sleep,
  takeReport,
  TimeoutError,
  type BreakerState,
  type CircuitBreakerOptions,
} from '../../src/index.ts';
import { now } from '../../src/runtime/clock.ts';
import { recordMessages } from '../support/messages.ts';
import { expectNoTimersLeft, rejection } from '../support/turn.ts';

beforeEach(startVirtualTime);
afterEach(expectNoTimersLeft);

const down = new Error('down');
const fail = async (): Promise<never> => {
  throw down;
};
const succeed = async (): Promise<string> => 'fine';

/** Calls that fail or succeed, as `F` and `S` say, one after the other; and the states after each. */
async function statesAfter(breaker: CircuitBreaker, script: string): Promise<string> {
  const letters: Readonly<Record<BreakerState, string>> = { closed: 'c', open: 'o', 'half-open': 'h' };
  let states = '';
  for (const letter of script) {
    await breaker.run<unknown>(letter === 'F' ? fail : succeed).catch(() => {});
    states += letters[breaker.state];
  }
  return states;
}

async function opened(options: CircuitBreakerOptions = {}): Promise<CircuitBreaker> {
  const breaker = new CircuitBreaker({ name: 'payments', failures: 1, openFor: 1000, ...options });
  await rejection(breaker.run(fail));
  expect(breaker.state).toBe('open');
  return breaker;
}

test('messages of a breaker that opens, refuses, probes and closes', async () => {
  const { stop } = recordMessages();
  const breaker = await opened();
  await rejection(breaker.run(succeed));
  await pass(1000);
  await breaker.run(succeed);
  expect(stop()).toEqual([
    'breaker payments created',
    'call payments created',
    '(main) waits to await payments',
    'call payments rejected',
    '(main) waited to await payments',
    'payments went from closed to open',
    'payments went from open to half-open',
    'call payments created',
    '(main) waits to await payments',
    'call payments fulfilled',
    '(main) waited to await payments',
    'payments went from half-open to closed',
  ]);
});

test.each<[string, CircuitBreakerOptions, string, string]>([
  ['so many failures', { failures: 3 }, 'FFFF', 'ccoo'],
  ['failures that are not in a row', { failures: 3 }, 'FSFSFS', 'ccccoo'],
  ['failures in a row', { failures: 3, windowCalls: 3 }, 'FFSFFSFFFS', 'ccccccccoo'],
  ['failures among the last calls', { failures: 2, windowCalls: 4 }, 'FSSSFSSFS', 'cccccccoo'],
  ['a rate', { failureRate: 0.5, minimumCalls: 4 }, 'SFSFF', 'cccoo'],
  ['a rate just missed', { failureRate: 0.51, minimumCalls: 4 }, 'SFSFSSS', 'ccccccc'],
  ['a rate before there are enough calls', { failureRate: 0.1, minimumCalls: 4 }, 'FFFSS', 'ccccc'],
  ['a rate of the last calls', { failureRate: 1, windowCalls: 3, minimumCalls: 3 }, 'SSSFFFS', 'cccccoo'],
  ['the default: half of at least 10', {}, 'FFFFFFFFFF', 'ccccccccco'],
  ['the default: less than half', {}, 'SSSSSSFFFFF', 'ccccccccccc'],
])('opens by %s', async (_name, options, script, states) => {
  expect(await statesAfter(new CircuitBreaker(options), script)).toBe(states);
});

test('a rate is judged at failures only: a success never opens it', async () => {
  const breaker = new CircuitBreaker({ failureRate: 0.1, minimumCalls: 4 });
  expect(await statesAfter(breaker, 'FFFSF')).toBe('cccco');
});

test('failures are forgotten when they are past the window', async () => {
  const breaker = new CircuitBreaker({ failures: 2, windowMs: 1000 });
  await statesAfter(breaker, 'F');
  await pass(1100);
  expect([await statesAfter(breaker, 'F'), breaker.statistics()]).toEqual([
    'c',
    expect.objectContaining({ calls: 1, failures: 1 }),
  ]);
  await pass(800);
  expect(await statesAfter(breaker, 'F')).toBe('o');
});

test('a wall clock that is set changes nothing, and a machine that slept makes the window past', async () => {
  const breaker = new CircuitBreaker({ failures: 2, windowMs: 1000, openFor: 5000 });
  await statesAfter(breaker, 'F');
  vi.setSystemTime(0);
  expect(breaker.statistics().failures).toBe(1);
  leap(86_400_000);
  expect(breaker.statistics()).toMatchObject({ calls: 0, failures: 0 });
  await statesAfter(breaker, 'FF');
  vi.setSystemTime(4e12);
  expect(await rejection(breaker.run(succeed))).toBeInstanceOf(BreakerOpenError);
  leap(5000);
  expect(await breaker.run(succeed)).toBe('fine');
});

test('a refusal says why, until when, and calls nothing', async () => {
  const breaker = await opened();
  await pass(400);
  const run = vi.fn<() => Promise<string>>(succeed);
  const error = (await rejection(breaker.run(run))) as BreakerOpenError;
  expect([error.code, error.message, error.nextInMs, error.cause, run.mock.calls]).toEqual([
    'ERR_LOOPSCOPE_BREAKER_OPEN',
    'breaker payments is open: the next probe is in 600 ms',
    600,
    down,
    [],
  ]);
});

test('the last moment of its time refuses, the next lets a probe through', async () => {
  const breaker = await opened();
  await pass(999);
  expect(await rejection(breaker.run(succeed))).toBeInstanceOf(BreakerOpenError);
  await pass(1);
  expect([breaker.state, await breaker.run(succeed), breaker.state]).toEqual(['open', 'fine', 'closed']);
});

test('a probe that fails opens it for the same time again, or for longer each time up to the longest', async () => {
  const times: number[] = [];
  const breaker = await opened({ openFactor: 3, maxOpenFor: 5000 });
  for (let probe = 0; probe < 4; probe++) {
    const { nextAt } = breaker.statistics();
    times.push(Math.round((nextAt as number) - now()));
    await pass(times.at(-1) as number);
    await rejection(breaker.run(fail));
  }
  await pass(5000);
  await breaker.run(succeed);
  await rejection(breaker.run(fail));
  times.push(Math.round((breaker.statistics().nextAt as number) - now()));
  expect(times).toEqual([1000, 3000, 5000, 5000, 1000]);
});

test('half-open it lets no more than its probes through, and closes when all have succeeded', async () => {
  const breaker = await opened({ probes: 2 });
  await pass(1000);
  const probes = [breaker.run(async () => sleep(10)), breaker.run(async () => sleep(20))];
  const error = (await rejection(breaker.run(succeed))) as BreakerOpenError;
  await pass(10);
  const afterOne = breaker.state;
  expect(await rejection(breaker.run(succeed))).toBeInstanceOf(BreakerOpenError);
  await pass(10);
  await Promise.all(probes);
  expect([error.message, error.nextInMs, afterOne, breaker.state]).toEqual([
    'breaker payments is half-open: it waits for what its probe comes to',
    null,
    'half-open',
    'closed',
  ]);
});

test('one probe that fails opens it, and the others have no say', async () => {
  const breaker = await opened({ probes: 3 });
  await pass(1000);
  const probes = [
    breaker.run(async () => sleep(50)),
    rejection(breaker.run(async () => sleep(10).then(fail))),
    rejection(breaker.run(async () => sleep(90).then(fail))),
  ];
  await pass(10);
  const since = breaker.statistics().since;
  await pass(90);
  await Promise.all(probes);
  expect([breaker.state, breaker.statistics().since]).toEqual(['open', since]);
});

test('a probe that hangs does not keep it half-open for ever', async () => {
  const breaker = await opened();
  await pass(1000);
  const { promise, reject } = Promise.withResolvers<never>();
  const hanging = rejection(breaker.run(async () => promise));
  await pass(999);
  expect(await rejection(breaker.run(succeed))).toBeInstanceOf(BreakerOpenError);
  await pass(1);
  expect([await breaker.run(succeed), breaker.state]).toEqual(['fine', 'closed']);
  reject(down);
  await hanging;
  expect(breaker.state).toBe('closed');
});

test('a probe that is cancelled makes room for another', async () => {
  const breaker = await opened();
  await pass(1000);
  const controller = new AbortController();
  const probe = rejection(breaker.run(async () => sleep(Infinity), { signal: controller.signal }));
  controller.abort();
  expect(await probe).toBeInstanceOf(CancelledError);
  expect([breaker.state, await breaker.run(succeed), breaker.state]).toEqual(['half-open', 'fine', 'closed']);
});

test('what began before it opened has no say when it ends', async () => {
  const breaker = new CircuitBreaker({ failures: 1, openFor: 1000 });
  const late = [
    breaker.run(async () => sleep(1500)),
    rejection(breaker.run(async () => sleep(2500).then(fail))),
    rejection(breaker.run(fail)),
  ];
  await pass(1000);
  const probe = breaker.run(async () => sleep(1000));
  await pass(500); // a success while it is half-open
  expect(breaker.state).toBe('half-open');
  await pass(500);
  await probe;
  expect(breaker.state).toBe('closed');
  await pass(500); // a failure after it has closed
  await Promise.all(late);
  expect([breaker.state, breaker.statistics().failures]).toEqual(['closed', 0]);
});

test('cancellations are neither failures nor successes, whoever names them so', async () => {
  const breaker = new CircuitBreaker({ failures: 1 });
  const task = createTask(async () => breaker.run(async () => sleep(Infinity)));
  await pass(1);
  task.cancel();
  await rejection(task);
  await rejection(breaker.run(async () => Promise.reject(new DOMException('stop', 'AbortError'))));
  // of another realm, as those of Node are in a test runner's
  await rejection(breaker.run(() => runInNewContext(`throw Object.assign(new Error('stop'), { name: 'AbortError' })`)));
  expect(breaker.statistics()).toMatchObject({ state: 'closed', calls: 0, failures: 0 });
});

test('a cancellation of who waits goes on to the call', async () => {
  const breaker = new CircuitBreaker();
  let reason: unknown;
  const task = createTask(async () =>
    breaker.run(async ({ signal }) => {
      signal.addEventListener('abort', () => (reason = (signal.reason as CancelledError).cause));
      await sleep(Infinity);
    }),
  );
  await pass(1);
  task.cancel('enough');
  expect([((await rejection(task)) as CancelledError).cause, reason]).toEqual(['enough', 'enough']);
});

test('errors that failureIf declines are answers: they count as successes, also of a probe', async () => {
  const breaker = await opened({ failureIf: (error) => error === down });
  await pass(1000);
  await rejection(breaker.run(async () => Promise.reject(new Error('404'))));
  expect(breaker.statistics()).toMatchObject({ state: 'closed', failures: 0, lastError: down });
});

test('a call that takes too long is a failure, also if it ignores its signal', async () => {
  const breaker = new CircuitBreaker({ name: 'payments', failures: 1, timeout: 100 });
  const error = rejection(breaker.run(() => new Promise(() => {})));
  await pass(100);
  expect([await error, breaker.state]).toEqual([new TimeoutError('call payments timed out after 100 ms'), 'open']);
});

test('a fallback gives the result of calls that fail or are refused, not of cancelled ones', async () => {
  const breaker = new CircuitBreaker({ name: 'payments', failures: 1 });
  const errors: unknown[] = [];
  const options = {
    fallback: (error: unknown) => {
      errors.push((error as Error).name);
      return 'cached';
    },
  };
  const values = [await breaker.run<string>(fail, options), await breaker.run<string>(succeed, options)];
  breaker.close();
  const cancelled = await rejection(
    breaker.run<string>(async () => sleep(Infinity), { ...options, signal: AbortSignal.abort() }),
  );
  expect([values, errors, (cancelled as Error).name]).toEqual([
    ['cached', 'cached'],
    ['Error', 'BreakerOpenError'],
    'CancelledError',
  ]);
});

test('it can be opened and closed by hand', async () => {
  const breaker = new CircuitBreaker({ failures: 2 });
  const changes: string[] = [];
  breaker.onChange(({ from, to, error }) => changes.push(`${from} ${to} ${String(error)}`));
  await rejection(breaker.run(fail));
  breaker.open();
  breaker.open();
  const refused = await rejection(breaker.run(succeed));
  breaker.close();
  breaker.close();
  expect([refused, await statesAfter(breaker, 'F'), changes]).toEqual([
    expect.any(BreakerOpenError),
    'c',
    ['closed open undefined', 'open closed undefined'],
  ]);
});

test('a call that opens the breaker has no say any more', async () => {
  const closed = new CircuitBreaker();
  const halfOpen = await opened();
  await pass(1000);
  for (const breaker of [closed, halfOpen]) await breaker.run(() => breaker.open());
  expect([closed.state, halfOpen.state]).toEqual(['open', 'open']);
});

test('a listener that opens the breaker before the probe is obeyed', async () => {
  const breaker = await opened();
  breaker.onChange(({ to }) => to === 'half-open' && breaker.open());
  await pass(1000);
  expect(await rejection(breaker.run(succeed))).toBeInstanceOf(BreakerOpenError);
  expect(breaker.state).toBe('open');
});

test('all listeners hear of all changes in their order, also of those that one of them makes', async () => {
  const breaker = new CircuitBreaker({ failures: 1 });
  const heard: string[] = [];
  breaker.onChange(({ to }) => {
    heard.push(`first ${to}`);
    if (to === 'open') breaker.close();
  });
  breaker.onChange(({ to }) => heard.push(`second ${to}`));
  await rejection(breaker.run(fail));
  expect(heard).toEqual(['first open', 'second open', 'first closed', 'second closed']);
});

test('a listener that throws changes nothing, and one that was ended hears nothing', async () => {
  const heard: string[] = [];
  const breaker = new CircuitBreaker({ failures: 1 });
  breaker.onChange(() => {
    throw new Error('listener');
  });
  const stop = breaker.onChange(({ to }) => heard.push(to));
  await rejection(breaker.run(fail));
  stop();
  breaker.close();
  expect([breaker.state, heard]).toEqual(['closed', ['open']]);
});

test('a wrapped function keeps its this and arguments, and is refused as any', async () => {
  const breaker = new CircuitBreaker({ failures: 1 });
  const account = {
    balance: 40,
    async add(amount: number) {
      return this.balance + amount;
    },
  };
  const add = breaker.wrap(account.add);
  const sum = await add.call(account, 2);
  breaker.open();
  expect([sum, await rejection(add.call(account, 2))]).toEqual([42, expect.any(BreakerOpenError)]);
});

test('a call is a task with the name of the breaker, below the one that made it', async () => {
  const breaker = new CircuitBreaker({ name: 'payments' });
  const seen = await createTask(
    async () =>
      breaker.run(async () => {
        const { origin, parent } = currentTask() as NonNullable<ReturnType<typeof currentTask>>;
        return [origin.kind, origin.name, parent?.origin.name];
      }),
    { name: 'order' },
  );
  expect(seen).toEqual(['call', 'payments', 'order']);
});

test('a function that throws at once is a failure as any', async () => {
  const breaker = new CircuitBreaker({ failures: 1 });
  const error = await rejection(
    breaker.run(() => {
      throw down;
    }),
  );
  expect([error, breaker.state]).toEqual([down, 'open']);
});

test('a retry waits until the breaker will probe', async () => {
  const breaker = await opened();
  const operation = retry(async () => breaker.run(succeed), { delay: 1, jitter: 0, attempts: 2 });
  await pass(999);
  expect(operation.done).toBe(false);
  await pass(1);
  expect(await operation).toBe('fine');
});

test('its statistics say where it stands, frozen', async () => {
  const breaker = await opened({ failures: 2, windowCalls: 4, failureRate: 0.2, minimumCalls: 1 });
  await rejection(breaker.run(succeed));
  const statistics = breaker.statistics();
  expect([statistics, Object.isFrozen(statistics), [...breaker.holders()]]).toEqual([
    {
      kind: 'breaker',
      state: 'open',
      since: expect.any(Number),
      nextAt: statistics.since + 1000,
      calls: 1,
      failures: 1,
      refused: 1,
      lastError: down,
    },
    true,
    [],
  ]);
});

test('a report shows an open breaker with its last error and its next probe, and no closed one', async () => {
  const closed = new CircuitBreaker({ name: 'closed' });
  const breaker = await opened();
  await pass(250);
  const { resources } = await takeReport();
  expect(
    resources.filter(({ kind }) => kind === 'breaker').map(({ statistics, name }) => ({ name, statistics })),
  ).toEqual(
    expect.arrayContaining([
      {
        name: 'payments',
        statistics: expect.objectContaining({ state: 'open', forMs: 250, nextInMs: 750, lastError: 'Error: down' }),
      },
    ]),
  );
  expect(resources.map(({ name }) => name)).not.toContain(closed.name);
  breaker.close();
});

test.each<[unknown, string]>([
  [3, 'options must be an object, got 3'],
  [{ failures: 0 }, 'failures must be a number of at least 1, got 0'],
  [{ failureRate: 0 }, 'failureRate must be over 0 and at most 1, got 0'],
  [{ failureRate: 50 }, 'failureRate must be over 0 and at most 1, got 50'],
  [{ windowMs: 10, windowCalls: 3 }, 'give windowMs or windowCalls, not both'],
  [{ windowCalls: 1e9 }, 'windowCalls must be at most 1000000, got 1000000000'],
  [{ windowCalls: 0 }, 'windowCalls must be a number of at least 1, got 0'],
  [{ windowCalls: 3, failures: 4 }, 'failures must be at most windowCalls, 3, or it never opens, got 4'],
  [{ windowMs: Infinity }, 'windowMs must be finite'],
  [{ openFor: 0 }, 'openFor must be a number of at least 1, got 0'],
  [{ openFor: 10, maxOpenFor: 9 }, 'maxOpenFor must be a number of at least 10, got 9'],
  [{ probes: 1.5 }, 'probes must be a whole number or Infinity, got 1.5'],
  [{ failureIf: true }, 'failureIf must be a function, got true'],
  [{ name: 1 }, 'name must be a string, got 1'],
])('new CircuitBreaker(%o) throws an ArgumentError', (options, message) => {
  expect(() => new CircuitBreaker(options as object)).toThrow(
    expect.objectContaining({ code: 'ERR_LOOPSCOPE_ARGUMENT', message }),
  );
});
