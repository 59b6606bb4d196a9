import { leap, pass, startVirtualTime } from '../support/virtual-time.ts';
import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AdaptiveLimiter, createTask, LimitError, sleep, type AdaptiveLimiterOptions } from '../../src/index.ts';
import { randomNumbers, simulateServer, type SimulatedServer } from '../support/simulated-server.ts';
import { expectNoTimersLeft, rejection } from '../support/turn.ts';

beforeEach(startVirtualTime);
afterEach(expectNoTimersLeft);

/** As many clients as told, each of which calls again at once. Says the limit of each second. */
async function load(
  limiter: AdaptiveLimiter,
  server: SimulatedServer,
  count: number,
  seconds: number,
  between: (second: number) => void = () => {},
): Promise<number[]> {
  const clients = { on: true };
  const all = Array.from({ length: count }, async () => {
    while (clients.on) await limiter.run(async () => server.handle()).catch(async () => sleep(50));
  });
  const limits: number[] = [];
  for (let second = 0; second < seconds; second++) {
    between(second);
    await pass(1000);
    limits.push(limiter.limit);
  }
  clients.on = false;
  await pass(120_000);
  await Promise.all(all);
  return limits;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const random = randomNumbers(7);
const constant = (): number => 100;
const uniform = (): number => 50 + Math.round(100 * random());

test.each<[string, AdaptiveLimiterOptions, number, () => number]>([
  ['gradient', {}, 10, constant],
  ['gradient', {}, 20, uniform],
  ['gradient', {}, 50, constant],
  ['gradient', {}, 100, uniform],
  ['gradient', { initialLimit: 500 }, 20, constant],
  ['aimd', { algorithm: 'aimd', latencyMs: 120 }, 10, constant],
  ['aimd', { algorithm: 'aimd', latencyMs: 120, initialLimit: 100 }, 50, constant],
  ['aimd', { algorithm: 'aimd', latencyMs: 165 }, 50, uniform],
])('%s %o finds the limit of a server with %i workers within 20 %%', async (_name, options, workers, serviceMs) => {
  const server = simulateServer(workers, serviceMs);
  const limits = await load(new AdaptiveLimiter(options), server, workers * 3, 40);
  const settled = limits.slice(20);
  expect([
    Math.abs(mean(settled) - workers) <= workers * 0.2,
    Math.abs((settled.at(-1) as number) - workers) <= workers * 0.2 + 1,
    limits,
  ]).toEqual([true, true, limits]);
});

test('gradient is not led astray by times that differ much', async () => {
  const exponential = (): number => Math.max(1, Math.round(-100 * Math.log(1 - random())));
  const limits = await load(new AdaptiveLimiter(), simulateServer(50, exponential), 150, 50);
  const settled = mean(limits.slice(30));
  expect([settled > 35, settled < 75, limits]).toEqual([true, true, limits]);
});

test('gradient follows a server that loses half of its workers, and gets them back', async () => {
  const server = simulateServer(40, constant);
  const limits = await load(new AdaptiveLimiter({ measureEvery: 5000 }), server, 120, 90, (second) => {
    if (second === 30) server.workers = 20;
    if (second === 60) server.workers = 40;
  });
  const near = (from: number, workers: number): boolean => {
    const inForce = limits.slice(from, from + 15).filter((limit) => limit > 3); // 3: latency without load is measured
    return Math.abs(mean(inForce) - workers) <= workers * 0.25;
  };
  expect([near(15, 40), near(45, 20), near(75, 40), limits]).toEqual([true, true, true, limits]);
});

test.each<[string, AdaptiveLimiterOptions]>([
  ['gradient', {}],
  ['aimd', { algorithm: 'aimd' }],
])('%s is driven by errors: a server that refuses what it cannot take', async (_name, options) => {
  const server = simulateServer(20, constant);
  server.mostWaiting = 4;
  const limits = await load(new AdaptiveLimiter(options), server, 60, 40);
  const settled = mean(limits.slice(20));
  expect([settled > 15, settled < 25, limits]).toEqual([true, true, limits]);
});

test('where the program needs little, nothing is learnt of more', async () => {
  const limiter = new AdaptiveLimiter({ algorithm: 'aimd', initialLimit: 20 });
  await load(limiter, simulateServer(100, constant), 5, 30);
  expect(limiter.limit).toBe(20);
});

test('the limit stays within its bounds', async () => {
  for (const algorithm of ['gradient', 'aimd'] as const) {
    const limits = await load(
      new AdaptiveLimiter({ algorithm, latencyMs: 50, initialLimit: 10, minLimit: 4, maxLimit: 12 }),
      simulateServer(100, algorithm === 'aimd' ? constant : () => 10),
      40,
      20,
    );
    expect([algorithm, limits.at(-1), limits.every((limit) => limit >= 4 && limit <= 12)]).toEqual([
      algorithm,
      algorithm === 'aimd' ? 4 : 12,
      true,
    ]);
  }
});

test('never more calls at a time than the limit, which falls below those under way without harm', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ wait: fc.nat(30), takes: fc.nat(100), fails: fc.boolean() }), {
        maxLength: 60,
        size: 'max',
      }),
      async (script) => {
        const limiter = new AdaptiveLimiter({ algorithm: 'aimd', initialLimit: 6, latencyMs: 60 });
        let inside = 0;
        let above = 0;
        const all = [];
        for (const { wait, takes, fails } of script) {
          await pass(wait);
          all.push(
            limiter
              .run(async () => {
                inside++;
                if (inside > limiter.limit) above++;
                await sleep(takes);
                inside--;
                if (fails) throw Object.assign(new Error('busy'), { status: 503 });
              })
              .catch((error: { status?: number }) => error.status === 503 || above++),
          );
        }
        await pass(100_000);
        await Promise.all(all);
        expect([inside, above, limiter.statistics()]).toEqual([
          0,
          0,
          expect.objectContaining({ used: 0, waiters: 0, passed: script.length }),
        ]);
      },
    ),
    { numRuns: 50 },
  );
});

test('errors that are no overload, and cancellations, say nothing of the load', async () => {
  const limiter = new AdaptiveLimiter({ algorithm: 'aimd', initialLimit: 10 });
  await rejection(limiter.run(async () => Promise.reject(new TypeError('bug'))));
  const task = createTask(async () => limiter.run(async () => sleep(Infinity)));
  await pass(1);
  task.cancel();
  await rejection(task);
  const before = limiter.limit;
  await rejection(limiter.run(async () => Promise.reject(Object.assign(new Error('reset'), { code: 'ECONNRESET' }))));
  expect([before, limiter.limit, limiter.statistics().used]).toEqual([10, 9, 0]);
});

test('overloadIf decides what is an overload, and one burst of them is one sign', async () => {
  const limiter = new AdaptiveLimiter({ algorithm: 'aimd', initialLimit: 10, overloadIf: () => true });
  const burst = Array.from({ length: 10 }, async () =>
    rejection(limiter.run(async () => sleep(10).then(async () => Promise.reject(new Error('any'))))),
  );
  await pass(10);
  await Promise.all(burst);
  expect(limiter.limit).toBe(9);
});

test('a line that is full refuses', async () => {
  const limiter = new AdaptiveLimiter({ initialLimit: 1, queueLimit: 1, name: 'search' });
  const running = [limiter.run(async () => sleep(10)), limiter.run(async () => sleep(10))];
  const error = (await rejection(limiter.run(() => 1))) as LimitError;
  await pass(20);
  await Promise.all(running);
  expect([error, error.message]).toEqual([
    expect.any(LimitError),
    'search refuses: 1 of 1 calls are under way, and 1 wait',
  ]);
});

test('its history says what the limit was when, the last 500 changes, and how many were before', async () => {
  const limiter = new AdaptiveLimiter({ algorithm: 'aimd', initialLimit: 2, latencyMs: 10, minLimit: 1 });
  const first = limiter.history();
  for (let round = 0; round < 600; round++) {
    for (const takes of [5, 5, 20]) {
      const call = limiter.run(async () => sleep(takes));
      leap(1);
      await pass(takes);
      await call;
    }
  }
  const { changes, dropped } = limiter.history();
  expect([
    first.changes.map(({ limit }) => limit),
    first.dropped,
    changes.length,
    dropped > 0,
    changes.at(-1)?.limit,
    changes.every(({ at }, index) => index === 0 || at >= (changes[index - 1]?.at ?? 0)),
    Object.isFrozen(changes),
  ]).toEqual([[2], 0, 500, true, limiter.limit, true, true]);
});

test.each<[unknown, string]>([
  [{ algorithm: 'vegas' }, "algorithm must be 'gradient' or 'aimd', got vegas"],
  [{ minLimit: 0 }, 'minLimit must be a number of at least 1, got 0'],
  [{ minLimit: 5, maxLimit: 4 }, 'maxLimit must be a number of at least 5, got 4'],
  [{ minLimit: 5, initialLimit: 4 }, 'initialLimit must be a number of at least 5, got 4'],
  [{ maxLimit: Infinity }, 'maxLimit must be finite'],
  [{ tolerance: 0.9 }, 'tolerance must be a number of at least 1, got 0.9'],
  [{ measureEvery: 0 }, 'measureEvery must be a number of at least 1, got 0'],
  [{ overloadIf: 1 }, 'overloadIf must be a function, got 1'],
])('new AdaptiveLimiter(%o) throws an ArgumentError', (options, message) => {
  expect(() => new AdaptiveLimiter(options as AdaptiveLimiterOptions)).toThrow(
    expect.objectContaining({ code: 'ERR_LOOPSCOPE_ARGUMENT', message }),
  );
});
