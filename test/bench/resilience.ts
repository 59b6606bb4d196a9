// Retries, circuit breakers and rate limiters of ours against those of other libraries, while nobody listens.
import { createRequire } from 'node:module';
import Bottleneck from 'bottleneck';
import { circuitBreaker, ConsecutiveBreaker, ExponentialBackoff, handleAll, retry as cockatielRetry } from 'cockatiel';
import pRetry from 'p-retry';
import { processorTime } from './processor-time.ts';
import { assertDone, format, median, type Result } from './result.ts';

const opsPerRun = 1000;
const opsAtOnce = 10;
const rounds = 3;
const price = 'ours makes tasks, which is how it can be seen';

/** It brings no types. */
interface Opossum {
  fire(run: () => Promise<number>): Promise<number>;
  open(): void;
  shutdown(): void;
}
const require = createRequire(import.meta.url);
const Opossum = require('opossum') as new (
  action: (run: () => Promise<number>) => Promise<number>,
  options: { readonly timeout: false; readonly resetTimeout?: number },
) => Opossum;

type Policies = typeof import('../../src/resilience/retry.ts') &
  typeof import('../../src/resilience/circuit-breaker.ts') &
  typeof import('../../src/resilience/rate-limiter.ts');

/** Not `index.js`: that starts the registry, and then somebody listens. */
async function load(): Promise<Policies> {
  const modules = ['retry', 'circuit-breaker', 'rate-limiter'].map(
    (name) => import(new URL(`../../dist/src/resilience/${name}.js`, import.meta.url).href),
  );
  return Object.assign({}, ...(await Promise.all(modules))) as Policies;
}

interface Contest {
  readonly name: string;
  readonly theirs: (run: () => Promise<number>) => PromiseLike<unknown>;
  readonly ours: (run: () => Promise<number>) => PromiseLike<unknown>;
  /** How often each operation calls the function. */
  readonly calls: number;
  /** All at once: the other waits for a timer before each, which is not what is measured. */
  readonly atOnce?: boolean;
  /** Why ours may take longer. */
  readonly note?: string;
}

function contests({ retry, CircuitBreaker, RateLimiter }: Policies): { list: Contest[]; end: () => void } {
  const backoff = new ExponentialBackoff({ initialDelay: 0, maxDelay: 0 });
  const policy = cockatielRetry(handleAll, { maxAttempts: 3, backoff });
  const retried = { attempts: 3, delay: 0 };
  const theirRetried = { retries: 2, minTimeout: 0, randomize: false };
  const breaker = new CircuitBreaker({ windowCalls: 100 });
  const theirBreaker = circuitBreaker(handleAll, { halfOpenAfter: 1000, breaker: new ConsecutiveBreaker(5) });
  const opossum = new Opossum(async (run: () => Promise<number>) => run(), { timeout: false });
  const open = new CircuitBreaker({ openFor: Infinity });
  open.open();
  const theirOpen = new Opossum(async (run: () => Promise<number>) => run(), {
    timeout: false,
    resetTimeout: 2 ** 31 - 1,
  });
  theirOpen.open();
  const limiter = new RateLimiter({ limit: 1e9, windowMs: 1000, algorithm: 'token bucket' });
  const window = new RateLimiter({ limit: 1e9, windowMs: 1000 });
  const bottleneck = new Bottleneck({ reservoir: 1e9, reservoirRefreshInterval: 1000, reservoirRefreshAmount: 1e9 });
  const first = async (run: () => Promise<number>): Promise<unknown> => retry(run, retried);
  const list: Contest[] = [
    {
      name: 'retry, first attempt, against p-retry',
      note: price,
      calls: 1,
      theirs: (run) => pRetry(run, theirRetried),
      ours: first,
    },
    {
      name: 'retry, first attempt, against cockatiel',
      note: price,
      calls: 1,
      theirs: (run) => policy.execute(run),
      ours: first,
    },
    {
      name: 'breaker, closed, against opossum',
      note: price,
      calls: 1,
      theirs: (run) => opossum.fire(run),
      ours: (run) => breaker.run(run),
    },
    {
      name: 'breaker, closed, against cockatiel',
      note: price,
      calls: 1,
      theirs: (run) => theirBreaker.execute(run),
      ours: (run) => breaker.run(run),
    },
    {
      name: 'breaker, open, against opossum',
      note: 'the error of ours says why it opened and when it will probe',
      calls: 0,
      theirs: (run) => theirOpen.fire(run).catch(ignore),
      ours: (run) => open.run(run).catch(ignore),
    },
    {
      name: 'rate limiter (bucket), against bottleneck',
      calls: 1,
      atOnce: true,
      theirs: (run) => bottleneck.schedule(run),
      ours: (run) => limiter.run(run),
    },
    {
      name: 'rate limiter (window), against bottleneck',
      calls: 1,
      atOnce: true,
      theirs: (run) => bottleneck.schedule(run),
      ours: (run) => window.run(run),
    },
  ];
  const end = (): void => {
    opossum.shutdown();
    theirOpen.shutdown();
    void bottleneck.disconnect();
  };
  return { list, end };
}

export async function benchResilience(): Promise<Result[]> {
  const results: Result[] = [];
  const { list, end } = contests(await load());
  for (const { name, theirs, ours, calls, atOnce = false, note } of list) {
    const [bare, wrapped] = [repeat(name, theirs, calls, atOnce), repeat(name, ours, calls, atOnce)];
    for (let index = 0; index < 10; index++) {
      await bare();
      await wrapped();
    }
    const operations = atOnce ? opsAtOnce : opsPerRun;
    results.push({
      ...(await compare(name, bare, wrapped, operations)),
      ...(note !== undefined && { note, budget: null }),
    });
  }
  end();
  return results;
}

/** Does 1,000 of it, and sees to it that they were done. */
function repeat(name: string, operation: Contest['ours'], calls: number, atOnce: boolean): () => Promise<void> {
  return async () => {
    let done = 0;
    const run = async (): Promise<number> => ++done;
    if (atOnce) await Promise.all(Array.from({ length: opsAtOnce }, () => operation(run)));
    else for (let index = 0; index < opsPerRun; index++) await operation(run);
    assertDone(name, (atOnce ? opsAtOnce : opsPerRun) * calls, done);
  };
}

async function compare(
  name: string,
  theirs: () => Promise<void>,
  ours: () => Promise<void>,
  operations: number,
): Promise<Result> {
  const times: { bare: number; wrapped: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    // Each goes first as often as the other.
    const order = round % 2 === 0 ? [theirs, ours] : [ours, theirs];
    const [first, second] = [
      await time(order[0] as typeof ours, operations),
      await time(order[1] as typeof ours, operations),
    ];
    times.push(round % 2 === 0 ? { bare: first, wrapped: second } : { bare: second, wrapped: first });
  }
  return {
    name,
    bare: format(median(times.map(({ bare }) => bare)), 'ns'),
    wrapped: format(median(times.map(({ wrapped }) => wrapped)), 'ns'),
    value: median(times.map(({ bare, wrapped }) => wrapped / bare)),
    unit: '×',
    budget: 1,
    limit: 3,
  };
}

/** Nanoseconds of one operation. */
async function time(work: () => Promise<void>, operations: number): Promise<number> {
  return (await processorTime(work)) / operations;
}

function ignore(): void {
  // a refusal is what is measured
}
