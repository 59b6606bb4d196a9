import { leap, pass, startVirtualTime } from '../support/virtual-time.ts';
import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  CancelledError,
  createTask,
  type LimitError,
  RateLimiter,
  retry,
  takeReport,
  TimeoutError,
  type PassOptions,
  type RateLimiterOptions,
} from '../../src/index.ts';
import { now } from '../../src/runtime/clock.ts';
import { randomNumbers } from '../support/simulated-server.ts';
import { recordMessages } from '../support/messages.ts';
import { expectNoTimersLeft, microtasks, rejection } from '../support/turn.ts';

beforeEach(startVirtualTime);
afterEach(expectNoTimersLeft);

/** Acquires at once for all weights, and says when each passed, in milliseconds. */
async function passages(
  limiter: RateLimiter,
  weights: readonly number[],
  milliseconds: number,
): Promise<(number | undefined)[]> {
  const began = now();
  const times: (number | undefined)[] = weights.map(() => undefined);
  const all = weights.map(async (weight, index) => {
    await limiter.acquire({ weight });
    times[index] = Math.round(now() - began);
  });
  await pass(milliseconds);
  await Promise.all(all);
  return times;
}

const ones = (count: number): number[] => new Array<number>(count).fill(1);

test('messages of two who pass, the second after a wait', async () => {
  const { stop } = recordMessages();
  const limiter = new RateLimiter({ limit: 1, windowMs: 100, name: 'geocoder' });
  for (const name of ['first', 'second']) createTask(async () => limiter.acquire(), { name });
  await pass(100);
  expect(stop()).toEqual([
    'limiter geocoder created',
    'task first created',
    'task second created',
    'second waits to acquire geocoder',
    'task first fulfilled',
    'second waited to acquire geocoder',
    'task second fulfilled',
  ]);
});

test.each<[string, RateLimiterOptions, readonly number[], readonly number[]]>([
  ['a sliding window', { limit: 2, windowMs: 100 }, ones(5), [0, 0, 100, 100, 200]],
  ['a token bucket', { limit: 2, windowMs: 100, algorithm: 'token bucket' }, ones(5), [0, 0, 50, 100, 150]],
  [
    'a token bucket without bursts',
    { limit: 4, windowMs: 100, algorithm: 'token bucket', burst: 1 },
    ones(5),
    [0, 25, 50, 75, 100],
  ],
  [
    'a token bucket with a small rate and a big burst',
    { limit: 1, windowMs: 100, algorithm: 'token bucket', burst: 3 },
    ones(5),
    [0, 0, 0, 100, 200],
  ],
  ['weights in a window', { limit: 5, windowMs: 100 }, [3, 2, 1, 4, 5], [0, 0, 100, 100, 200]],
  ['weights in a bucket', { limit: 4, windowMs: 100, algorithm: 'token bucket' }, [4, 2, 1, 4], [0, 50, 75, 175]],
  ['a big one is not overtaken by small ones', { limit: 3, windowMs: 100 }, [2, 3, 1, 1], [0, 100, 200, 200]],
])('when they pass: %s', async (_name, options, weights, expected) => {
  expect(await passages(new RateLimiter(options), weights, 1000)).toEqual(expected);
});

test('a window begins with each passage, not with the clock', async () => {
  const limiter = new RateLimiter({ limit: 2, windowMs: 100 });
  await limiter.acquire();
  await pass(90);
  await limiter.acquire();
  expect(await passages(limiter, ones(3), 300)).toEqual([10, 100, 110]);
});

test('it adds up no errors: the ten-thousandth passes when ten thousand times its time is over', async () => {
  for (const algorithm of ['sliding window', 'token bucket'] as const) {
    const limiter = new RateLimiter({ limit: 1, windowMs: 1000 / 3, algorithm });
    const began = now();
    let passed = 0;
    // Asked at the very moment: the clock leaps, and no timer is waited for.
    for (let index = 0; index < 10_000; index++) {
      while (!limiter.tryAcquire()) leap(1);
      passed++;
    }
    const least = (passed - 1) * (1000 / 3);
    const elapsed = now() - began;
    // Each look is up to a millisecond late, and that is all.
    expect(elapsed).toBeGreaterThanOrEqual(least - 1e-3);
    expect(elapsed).toBeLessThan(least + passed);
  }
});

test('waiters of a bucket pass at its rate in the long run, though timers know whole milliseconds only', async () => {
  const limiter = new RateLimiter({ limit: 300, windowMs: 1000, algorithm: 'token bucket', burst: 2 });
  expect((await passages(limiter, ones(302), 1010)).at(-1)).toBe(1000);
});

test('a bucket without bursts never makes up for a late timer', async () => {
  const limiter = new RateLimiter({ limit: 300, windowMs: 1000, algorithm: 'token bucket', burst: 1 });
  expect(await passages(limiter, ones(4), 100)).toEqual([0, 4, 8, 12]);
});

test('a bucket that was left alone for long has its burst and no more', async () => {
  const limiter = new RateLimiter({ limit: 10, windowMs: 1000, algorithm: 'token bucket', burst: 3 });
  leap(86_400_000);
  expect(await passages(limiter, ones(5), 1000)).toEqual([0, 0, 0, 100, 200]);
});

test('a wall clock that is set changes nothing', async () => {
  const limiter = new RateLimiter({ limit: 1, windowMs: 100 });
  await limiter.acquire();
  vi.setSystemTime(Date.now() + 1e9);
  expect(limiter.tryAcquire()).toBe(false);
  vi.setSystemTime(0);
  await pass(100);
  expect(limiter.tryAcquire()).toBe(true);
});

test('after a sleep of the machine waiters pass when their timer rings, and not above the limit', async () => {
  const limiter = new RateLimiter({ limit: 1, windowMs: 100 });
  const times = passages(limiter, ones(3), 200);
  await microtasks(10);
  leap(50);
  expect(await times).toEqual([0, 150, 250]);
});

test('who leaves the line makes room: by a timeout, a signal or a cancellation', async () => {
  const limiter = new RateLimiter({ limit: 4, windowMs: 100 });
  await limiter.acquire({ weight: 3 });
  const leave = async (options: PassOptions): Promise<unknown> => rejection(limiter.acquire({ weight: 4, ...options }));
  const controller = new AbortController();
  const task = createTask(async () => limiter.acquire({ weight: 4 }));
  const left = [leave({ timeout: 10 }), leave({ signal: controller.signal }), rejection(task)];
  const small = limiter.acquire(); // there is room for it, but it may not overtake
  await pass(10);
  controller.abort('stop');
  await microtasks(10);
  expect(limiter.statistics().waiters).toBe(2);
  task.cancel();
  await small;
  expect(await Promise.all(left)).toEqual([expect.any(TimeoutError), 'stop', expect.any(CancelledError)]);
  expect(limiter.statistics()).toMatchObject({ used: 4, waiters: 0, passed: 2 });
});

test('the message of a timeout names the limiter', async () => {
  const limiter = new RateLimiter({ limit: 1, windowMs: 100, name: 'geocoder' });
  await limiter.acquire();
  const error = rejection(limiter.acquire({ timeout: 10 }));
  await pass(10);
  expect(((await error) as Error).message).toBe('acquire limiter geocoder: timed out after 10 ms');
});

test('a signal that is aborted already, and a task that is cancelled, take nothing', async () => {
  const limiter = new RateLimiter({ limit: 1 });
  expect(await rejection(limiter.acquire({ signal: AbortSignal.abort('stop') }))).toBe('stop');
  const task = createTask(
    async () => {
      await null;
      await limiter.acquire();
    },
    { eager: true },
  );
  task.cancel();
  await rejection(task);
  expect(limiter.statistics()).toMatchObject({ used: 0, passed: 0 });
});

test('without a line it refuses, and says when it is worth asking again', async () => {
  const limiter = new RateLimiter({ limit: 2, windowMs: 100, queueLimit: 0, name: 'geocoder' });
  await limiter.acquire({ weight: 2 });
  await pass(30);
  const error = (await rejection(limiter.acquire())) as LimitError;
  expect([error.code, error.message, error.nextInMs, limiter.statistics().refused]).toEqual([
    'ERR_LOOPSCOPE_LIMIT',
    'geocoder refuses: 2 within 100 ms, and it may pass in 70 ms',
    70,
    1,
  ]);
});

test('a line that is full refuses who comes last', async () => {
  const limiter = new RateLimiter({ limit: 1, windowMs: 100, queueLimit: 2, name: 'geocoder' });
  const times = passages(limiter, ones(3), 200);
  expect(((await rejection(limiter.acquire())) as Error).message).toBe('geocoder refuses: 1 within 100 ms, and 2 wait');
  expect(await times).toEqual([0, 100, 200]);
});

test('a retry of what was refused waits as long as it takes', async () => {
  const limiter = new RateLimiter({ limit: 1, windowMs: 100, queueLimit: 0 });
  await limiter.acquire();
  const operation = retry(async () => limiter.run(() => 'passed'), { delay: 1, attempts: 2 });
  await pass(100);
  expect(await operation).toBe('passed');
});

test('run calls the function when it may pass, and what it throws is passed on', async () => {
  const limiter = new RateLimiter({ limit: 1, windowMs: 100 });
  const calls: number[] = [];
  const began = now();
  const results = Promise.allSettled([
    limiter.run(() => calls.push(Math.round(now() - began))),
    limiter.run(async () => {
      calls.push(Math.round(now() - began));
      throw new Error('no');
    }),
  ]);
  await pass(100);
  expect([(await results).map(({ status }) => status), calls]).toEqual([
    ['fulfilled', 'rejected'],
    [0, 100],
  ]);
});

test('tryAcquire passes or not, at once, and overtakes nobody', async () => {
  const limiter = new RateLimiter({ limit: 2, windowMs: 100 });
  const first = [limiter.tryAcquire(), limiter.tryAcquire(2), limiter.tryAcquire()];
  const waiting = limiter.acquire();
  await pass(99);
  const second = limiter.tryAcquire();
  await pass(1);
  await waiting;
  expect([first, second, limiter.tryAcquire()]).toEqual([[true, false, true], false, true]);
});

test('its statistics say what is used, who waits, and what has passed, frozen', async () => {
  const limiter = new RateLimiter({ limit: 3, windowMs: 100, queueLimit: 1 });
  await limiter.acquire({ weight: 2 });
  const waiting = limiter.acquire({ weight: 2 });
  await rejection(limiter.acquire());
  const statistics = limiter.statistics();
  await pass(100);
  await waiting;
  expect([statistics, Object.isFrozen(statistics), [...limiter.holders()]]).toEqual([
    { kind: 'limiter', limit: 3, windowMs: 100, used: 2, waiters: 1, passed: 1, refused: 1 },
    true,
    [],
  ]);
});

test('a report shows who waits for it', async () => {
  const limiter = new RateLimiter({ limit: 1, windowMs: 100, name: 'geocoder' });
  await limiter.acquire();
  const task = createTask(async () => limiter.acquire(), { name: 'resolve' });
  const report = await takeReport();
  await pass(100);
  await task;
  expect([
    report.tasks.map(({ name, waits }) => [name, waits.map(({ kind, on }) => [kind, on?.name])]),
    report.resources.filter(({ name }) => name === 'geocoder').map(({ statistics }) => statistics),
  ]).toEqual([
    [['resolve', [['acquire', 'geocoder']]]],
    [{ kind: 'limiter', limit: 1, windowMs: 100, used: 1, waiters: 1, passed: 1, refused: 0 }],
  ]);
});

const asked = fc.array(
  fc.record({
    wait: fc.integer({ min: 0, max: 60 }),
    leap: fc.boolean(),
    weight: fc.integer({ min: 1, max: 5 }),
    timeout: fc.option(fc.integer({ min: 0, max: 80 }), { freq: 2 }),
  }),
  { maxLength: 40, size: 'max' },
);

/** Asks as told, and notes who passed when. */
async function follow(
  limiter: RateLimiter,
  script: typeof asked extends fc.Arbitrary<infer Script> ? Script : never,
): Promise<{ at: number; weight: number; index: number }[]> {
  const passed: { at: number; weight: number; index: number }[] = [];
  const all: Promise<void>[] = [];
  for (const [index, { wait, leap: leaps, weight, timeout }] of script.entries()) {
    if (leaps) leap(wait);
    else await pass(wait);
    all.push(
      limiter.acquire({ weight, ...(timeout !== null && { timeout }) }).then(
        () => void passed.push({ at: now(), weight, index }),
        () => {},
      ),
    );
    await microtasks(5);
  }
  await pass(100_000);
  await Promise.all(all);
  return passed;
}

test('never more than the limit within any window, in order, and nobody waits for ever', async () => {
  await fc.assert(
    fc.asyncProperty(asked, fc.integer({ min: 5, max: 9 }), async (script, limit) => {
      const limiter = new RateLimiter({ limit, windowMs: 50 });
      const passed = await follow(limiter, script);
      for (const { at: from } of passed) {
        const within = passed.filter(({ at }) => at >= from && at < from + 50);
        expect(within.reduce((sum, { weight }) => sum + weight, 0)).toBeLessThanOrEqual(limit);
      }
      expect(passed.map(({ index }) => index)).toEqual(passed.map(({ index }) => index).toSorted((a, b) => a - b));
      const impatient = script.filter(({ timeout }) => timeout !== null).length;
      expect(passed.length).toBeGreaterThanOrEqual(script.length - impatient);
      expect(limiter.statistics()).toMatchObject({ used: 0, waiters: 0, passed: passed.length });
    }),
    { numRuns: 200 },
  );
});

test('a bucket: within any time no more than its burst and what the rate adds', async () => {
  await fc.assert(
    fc.asyncProperty(
      asked,
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 5, max: 9 }),
      async (script, limit, burst) => {
        const limiter = new RateLimiter({ limit, windowMs: 50, algorithm: 'token bucket', burst });
        const passed = await follow(limiter, script);
        for (const [first, { at: from }] of passed.entries()) {
          let sum = 0;
          for (const { at, weight } of passed.slice(first)) {
            sum += weight;
            expect(sum).toBeLessThanOrEqual(burst + ((at - from) * limit) / 50 + 1e-6);
          }
        }
        expect(limiter.statistics().waiters).toBe(0);
      },
    ),
    { numRuns: 200 },
  );
});

test('never above a limit of which it remembers less than each passage', async () => {
  const limit = 5000;
  const limiter = new RateLimiter({ limit, windowMs: 1000 });
  const passed: number[] = [];
  const random = randomNumbers(1);
  for (let step = 0; step < 12_000; step++) {
    const wanted = random() < 0.1 ? 10 : 1;
    for (let count = 0; count < wanted; count++) if (limiter.tryAcquire()) passed.push(now());
    leap(random() / 2);
  }
  let oldest = 0;
  for (const [index, at] of passed.entries()) {
    while ((passed[oldest] as number) <= at - 1000) oldest++;
    expect(index - oldest + 1).toBeLessThanOrEqual(limit);
  }
  // and hardly below it
  expect(passed.length).toBeGreaterThan(2 * limit * 0.98);
});

test.each<[unknown, string]>([
  [undefined, 'options must be an object, got undefined'],
  [{}, 'limit must be a number of at least 1, got undefined'],
  [{ limit: Infinity }, 'limit must be finite'],
  [{ limit: 1, windowMs: 0 }, 'windowMs must be a number of at least 1, got 0'],
  [{ limit: 1, windowMs: Infinity }, 'windowMs must be finite'],
  [{ limit: 1, algorithm: 'leaky' }, "algorithm must be 'sliding window' or 'token bucket', got leaky"],
  [{ limit: 1, burst: 2 }, 'burst is an option of the token bucket'],
  [{ limit: 1, queueLimit: -1 }, 'queueLimit must be a number of at least 0, got -1'],
])('new RateLimiter(%o) throws an ArgumentError', (options, message) => {
  expect(() => new RateLimiter(options as RateLimiterOptions)).toThrow(
    expect.objectContaining({ code: 'ERR_LOOPSCOPE_ARGUMENT', message }),
  );
});

test.each<[number, string]>([
  [0, 'weight must be a number of at least 1, got 0'],
  [1.5, 'weight must be a whole number or Infinity, got 1.5'],
  [4, 'weight must be at most 3, or it never passes, got 4'],
])('a weight of %d is an ArgumentError', async (weight, message) => {
  const limiter = new RateLimiter({ limit: 3 });
  expect(((await rejection(limiter.acquire({ weight }))) as Error).message).toBe(message);
  expect(() => limiter.tryAcquire(weight)).toThrow(message);
});
