// Pools, caches and threads while nobody listens, against those of others: bare is theirs, wrapped is ours.
import { createPool } from 'generic-pool';
import pMemoize from 'p-memoize';
import { Piscina } from 'piscina';
import { Pool } from 'tarn';
import { fileURLToPath } from 'node:url';
import { processorTime } from './processor-time.ts';
import { assertDone, format, median, type Result } from './result.ts';

const opsPerRun = 1000;
const rounds = 7;
const jobs = 500;
const dist = new URL('../../dist/src/resilience/', import.meta.url);
const job = new URL('job.mjs', import.meta.url);

type Loopscope = typeof import('../../src/resilience/resource-pool.ts') &
  typeof import('../../src/resilience/cached.ts') &
  typeof import('../../src/resilience/thread-executor.ts');

/** Does so many of something and says how many it did. */
type Work = () => Promise<number>;

/** Not `index.js`: that starts the registry, and then somebody listens. */
async function load(): Promise<Loopscope> {
  const names = ['resource-pool', 'cached', 'thread-executor'];
  const modules = names.map((name) => import(new URL(`${name}.js`, dist).href));
  return Object.assign({}, ...(await Promise.all(modules))) as Loopscope;
}

export async function benchPools(): Promise<Result[]> {
  const loopscope = await load();
  return [...(await benchPool(loopscope)), await benchCache(loopscope), await benchThreads(loopscope)];
}

async function benchPool({ ResourcePool }: Loopscope): Promise<Result[]> {
  const options = { min: 0, max: 5 };
  const generic = createPool({ create: async () => ({}), destroy: async () => {} }, options);
  const tarn = new Pool({ create: async () => ({}), destroy: () => {}, ...options });
  const ours = new ResourcePool({ create: async () => ({}), ...options });
  const works = {
    'generic-pool': (line: number) => borrow(line, async () => generic.release(await generic.acquire())),
    tarn: (line: number) => borrow(line, async () => void tarn.release(await tarn.acquire().promise)),
    ours: (line: number) => borrow(line, async () => (await ours.acquire()).release()),
  };
  const results: Result[] = [];
  for (const [title, line] of [
    ['free', 1],
    ['20 in line for 5', 20],
  ] as const) {
    for (const other of ['generic-pool', 'tarn'] as const) {
      const name = `a pool, ${title}, against ${other}`;
      results.push(await compare(name, works[other](line), works.ours(line), 1));
    }
  }
  await Promise.all([generic.drain().then(() => generic.clear()), tarn.destroy(), ours.close()]);
  return results;
}

/** Borrows and gives back, so many at a time. */
function borrow(line: number, one: () => Promise<void>): Work {
  return async () => {
    for (let index = 0; index < opsPerRun / line; index++) {
      if (line === 1) await one();
      else await Promise.all(Array.from({ length: line }, one));
    }
    return opsPerRun;
  };
}

async function benchCache({ cached }: Loopscope): Promise<Result> {
  const square = async (value: number): Promise<number> => value * value;
  const theirs = pMemoize(square);
  const ours = cached(square, { ttl: 60_000 });
  const hits =
    (call: (value: number) => Promise<number>): Work =>
    async () => {
      let sum = 0;
      for (let index = 0; index < opsPerRun; index++) sum += await call(1);
      return sum;
    };
  return compare('a cache that has it, with a ttl, against p-memoize without', hits(theirs), hits(ours), 1);
}

/** By the clock: most of it is other threads. */
async function benchThreads({ ThreadExecutor }: Loopscope): Promise<Result> {
  const theirs = new Piscina({ filename: fileURLToPath(job), minThreads: 2, maxThreads: 2 });
  const ours = new ThreadExecutor({ workers: 2, idleTimeout: 60_000 });
  const works = {
    theirs: () => Promise.all(Array.from({ length: jobs }, (_, index) => theirs.run(index) as Promise<number>)),
    ours: () => Promise.all(Array.from({ length: jobs }, (_, index) => ours.run<[number], number>(job, [index]))),
  };
  const times: { bare: number; wrapped: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const [bare, wrapped] = [await wallTime(works.theirs), await wallTime(works.ours)];
    if (round > 0) times.push({ bare, wrapped });
  }
  await Promise.all([theirs.destroy(), ours.close()]);
  return {
    name: 'a small job in a thread, 2 threads, against bare piscina',
    bare: format(median(times.map(({ bare }) => bare)) / 1000, 'µs'),
    wrapped: format(median(times.map(({ wrapped }) => wrapped)) / 1000, 'µs'),
    value: median(times.map(({ bare, wrapped }) => wrapped / bare)),
    unit: '×',
    budget: 1.5,
    note: 'by the clock; its threads sleep in Atomics.wait, where they answer nobody, ours go on to turn their loops',
  };
}

async function wallTime(work: () => Promise<number[]>): Promise<number> {
  const start = performance.now();
  const results = await work();
  assertDone('the last job', jobs - 1, results.at(-1));
  return ((performance.now() - start) * 1e6) / jobs;
}

async function compare(name: string, bare: Work, wrapped: Work, budget: number): Promise<Result> {
  for (const work of [bare, wrapped]) assertDone(name, opsPerRun, await work());
  const times: { bare: number; wrapped: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    // each goes first as often as the other
    const order = round % 2 === 0 ? [bare, wrapped] : [wrapped, bare];
    const [first, second] = [await time(order[0] as Work), await time(order[1] as Work)];
    times.push(round % 2 === 0 ? { bare: first, wrapped: second } : { bare: second, wrapped: first });
  }
  return {
    name,
    bare: format(median(times.map((each) => each.bare)), 'ns'),
    wrapped: format(median(times.map((each) => each.wrapped)), 'ns'),
    value: median(times.map((each) => each.wrapped / each.bare)),
    unit: '×',
    budget,
    limit: 4,
  };
}

/** Nanoseconds of one operation. */
async function time(work: Work): Promise<number> {
  return (await processorTime(work)) / opsPerRun;
}
