// One operation of each library that `npm run bench -- --only libraries` measures.
import { fileURLToPath } from 'node:url';
import type { Work } from './compare-copies.ts';

/** What is done, and how it is ended. Made once of the bare library, and once of the one under the hook. */
export interface LibraryCase {
  readonly what: string;
  readonly work: Work;
  readonly end?: () => unknown;
}

const filename = fileURLToPath(new URL('job.mjs', import.meta.url));
const one = async (): Promise<number> => 1;

/** Of async only this: it brings no types. */
interface Async {
  queue(worker: (item: number, done: () => void) => void, concurrency: number): { push(item: number): Promise<void> };
}

/** Of opossum only this: it brings no types. */
type Opossum = new (action: () => Promise<number>) => { fire(): Promise<number>; shutdown(): void };

const cases = {
  async({ queue }: Async) {
    const jobs = queue((_, done) => queueMicrotask(done), 1);
    return { what: 'a job', work: () => jobs.push(1) };
  },
  'async-lock'(AsyncLock: typeof import('async-lock')) {
    const lock = new AsyncLock();
    return { what: 'acquire', work: () => lock.acquire('key', one) };
  },
  'async-mutex'({ Mutex }: typeof import('async-mutex')) {
    const mutex = new Mutex();
    return { what: 'runExclusive', work: () => mutex.runExclusive(one) };
  },
  'async-sema'({ Sema }: typeof import('async-sema')) {
    const sema = new Sema(1);
    const work = async (): Promise<void> => {
      await sema.acquire();
      sema.release();
    };
    return { what: 'acquire, release', work };
  },
  bottleneck(Bottleneck: typeof import('bottleneck').default) {
    const limiter = new Bottleneck({ maxConcurrent: 1 });
    return { what: 'schedule', work: () => limiter.schedule(one), end: () => limiter.disconnect() };
  },
  fastq({ promise }: typeof import('fastq')) {
    const jobs = promise<unknown, number, number>(async (item) => item, 1);
    return { what: 'a job', work: () => jobs.push(1) };
  },
  'generic-pool'({ createPool }: typeof import('generic-pool')) {
    const pool = createPool({ create: async () => ({}), destroy: async () => {} }, { max: 2 });
    const work = async (): Promise<void> => pool.release(await pool.acquire());
    return { what: 'acquire, release', work, end: async () => (await pool.drain(), pool.clear()) };
  },
  opossum(CircuitBreaker: Opossum) {
    const breaker = new CircuitBreaker(one);
    return { what: 'fire', work: () => breaker.fire(), end: () => breaker.shutdown() };
  },
  'p-limit'({ default: pLimit }: typeof import('p-limit')) {
    const limit = pLimit(1);
    return { what: 'a job', work: () => limit(one) };
  },
  'p-map'({ default: pMap }: typeof import('p-map')) {
    return { what: 'a call with 5', work: () => pMap([1, 2, 3, 4, 5], one, { concurrency: 2 }) };
  },
  'p-queue'({ default: PQueue }: typeof import('p-queue')) {
    const queue = new PQueue({ concurrency: 1 });
    return { what: 'a job', work: () => queue.add(one) };
  },
  'p-retry'({ default: pRetry }: typeof import('p-retry')) {
    return { what: 'a call', work: () => pRetry(one, { retries: 1 }) };
  },
  'p-timeout'({ default: pTimeout }: typeof import('p-timeout')) {
    return { what: 'a call', work: () => pTimeout(one(), { milliseconds: 1000 }) };
  },
  piscina({ Piscina }: typeof import('piscina')) {
    const pool = new Piscina({ filename, minThreads: 1, maxThreads: 1 });
    return { what: 'a job', work: () => pool.run(1), end: () => pool.destroy() };
  },
  tarn({ Pool }: typeof import('tarn')) {
    const pool = new Pool<object>({ create: async () => ({}), destroy: () => {}, min: 0, max: 2 });
    const work = async (): Promise<void> => void pool.release(await pool.acquire().promise);
    return { what: 'acquire, release', work, end: () => pool.destroy() };
  },
} satisfies Record<string, (library: never) => LibraryCase>;

export const casesOfLibraries: Readonly<Record<string, (library: never) => LibraryCase>> = cases;
