// Locks and semaphores against those of others, side by side, without the registry and with it; and the curve of time
// over the number of those who wait.
import AsyncLock from 'async-lock';
import { Mutex } from 'async-mutex';
import { Sema } from 'async-sema';
import pLimit from 'p-limit';
import { processorTime, threadTime } from './processor-time.ts';
import { assertDone, format, median, type Result } from './result.ts';

type Locks = Pick<typeof import('../../src/index.ts'), 'Lock' | 'Semaphore' | 'createTask'>;
type Registry = typeof import('../../src/subscribers/registry.ts');

/** Does 1,000 of something. */
type Work = () => Promise<unknown>;

interface Race {
  readonly name: string;
  readonly ours: Work;
  readonly rivals: Readonly<Record<string, Work>>;
}

const opsPerRun = 1000;
const rounds = 5;
const permits = 10;
const sizes = [1000, 10_000, 100_000];

async function load<Module>(path: string): Promise<Module> {
  return (await import(new URL(`../../dist/src/${path}.js`, import.meta.url).href)) as Module;
}

export async function benchLocks(): Promise<Result[]> {
  // Not `index.js`: that starts the registry, and then somebody listens.
  const modules = ['locks/lock', 'locks/semaphore', 'tasks/task'].map(async (name) =>
    load<object>(`primitives/${name}`),
  );
  const locks = Object.assign({}, ...(await Promise.all(modules))) as Locks;
  const races = racesOf(locks);
  const results: Result[] = [];
  // In a task, as in a program that is observed.
  await locks.createTask(async () => {
    for (const race of races) results.push(...(await run(race, 'every')));
  });
  const registry = (await load<Registry>('subscribers/registry')).startRegistry();
  await locks.createTask(async () => {
    for (const race of races) results.push(...(await run(race, 'slowest')));
    results.push(...(await curve(locks)));
  });
  registry.stop();
  return results;
}

function racesOf({ Lock, Semaphore }: Locks): Race[] {
  const lock = new Lock();
  const semaphore = new Semaphore(permits);
  const mutex = new Mutex();
  const asyncLock = new AsyncLock({ maxPending: Infinity });
  const sema = new Sema(permits);
  const limit = pLimit(permits);
  let done = 0;
  const one = async (): Promise<void> => {
    done++;
  };
  const inARow = (work: () => Promise<unknown>): Work => {
    return counted(async () => {
      for (let index = 0; index < opsPerRun; index++) await work();
    });
  };
  const atOnce = (work: () => Promise<unknown>): Work =>
    counted(async () => Promise.all(Array.from({ length: opsPerRun }, async () => work())));
  function counted(work: Work): Work {
    return async () => {
      done = 0;
      await work();
      assertDone('operations', opsPerRun, done);
    };
  }
  const withMutex = async (): Promise<void> => {
    const release = await mutex.acquire();
    done++;
    release();
  };
  const withLock = async (): Promise<void> => {
    const permit = await lock.acquire();
    done++;
    permit.release();
  };
  const withSemaphore = async (): Promise<void> => {
    const permit = await semaphore.acquire();
    await one();
    permit.release();
  };
  const withSema = async (): Promise<void> => {
    await sema.acquire();
    await one();
    sema.release();
  };
  return [
    { name: 'Lock, free, acquire and release', ours: inARow(withLock), rivals: { 'async-mutex': inARow(withMutex) } },
    {
      name: 'Lock, free, run',
      ours: inARow(async () => lock.run(one)),
      rivals: {
        'async-mutex': inARow(async () => mutex.runExclusive(one)),
        'async-lock': inARow(async () => asyncLock.acquire('key', one)),
      },
    },
    {
      name: 'Lock, 1,000 waiters, acquire and release',
      ours: atOnce(withLock),
      rivals: { 'async-mutex': atOnce(withMutex) },
    },
    {
      name: 'Lock, 1,000 waiters, run',
      ours: atOnce(async () => lock.run(one)),
      rivals: {
        'async-mutex': atOnce(async () => mutex.runExclusive(one)),
        'async-lock': atOnce(async () => asyncLock.acquire('key', one)),
      },
    },
    {
      name: 'Semaphore of 10, 1,000 jobs',
      ours: atOnce(async () => semaphore.run(one)),
      rivals: { 'p-limit': atOnce(async () => limit(one)) },
    },
    {
      name: 'Semaphore of 10, 1,000 waiters, acquire and release',
      ours: atOnce(withSemaphore),
      rivals: { 'async-sema': atOnce(withSema) },
    },
    {
      name: 'Semaphore of 10, free, acquire and release',
      ours: inARow(withSemaphore),
      rivals: { 'async-sema': inARow(withSema) },
    },
  ];
}

/** One result for each rival, or one for the slowest with the registry on. */
async function run({ name, ours, rivals }: Race, against: 'every' | 'slowest'): Promise<Result[]> {
  const works = [ours, ...Object.values(rivals)];
  const times: number[][] = works.map(() => []);
  for (let round = 0; round < rounds; round++) {
    // Each goes first in its turn.
    for (let index = 0; index < works.length; index++) {
      const which = (index + round) % works.length;
      times[which]?.push((await processorTime(works[which] as Work)) / opsPerRun);
    }
  }
  const [own = [], ...others] = times;
  const results = Object.keys(rivals).map((rival, index): Result => {
    const other = others[index] as number[];
    return {
      name: `${name}, against ${rival}${against === 'slowest' ? ', with the registry' : ''}`,
      bare: format(median(other), 'ns'),
      wrapped: format(median(own), 'ns'),
      value: median(own.map((each, round) => each / (other[round] as number))),
      unit: '×',
      budget: 1,
      limit: 4,
    };
  });
  return against === 'every' ? results : results.toSorted((a, b) => a.value - b.value).slice(0, 1);
}

/** One waiter more costs the same, however many there are. */
async function curve({ Lock }: Locks): Promise<Result[]> {
  const times = { acquire: [] as number[], release: [] as number[], cancel: [] as number[] };
  for (const size of [1000, ...sizes]) {
    const repeats = Math.max(3, 300_000 / size);
    const total = { acquire: 0, release: 0, cancel: 0 };
    for (let index = 0; index < repeats; index++) {
      const lock = new Lock();
      const first = await lock.acquire();
      total.acquire += await time(async () => waitAll(lock, size, null));
      assertDone('waiters', size, lock.statistics().waiters);
      total.release += await time(async () => {
        first.release();
        await lock.acquire();
      });
      assertDone('waiters left', 0, lock.statistics().waiters);
      const controllers = Array.from({ length: size }, () => new AbortController());
      waitAll(lock, size, controllers);
      // From the middle outwards: neither end of the line.
      total.cancel += await time(async () => {
        for (let at = 0; at < size; at++) controllers[(at + (size >> 1)) % size]?.abort('enough');
      });
      assertDone('waiters left', 0, lock.statistics().waiters);
      await new Promise(setImmediate);
    }
    for (const key of ['acquire', 'release', 'cancel'] as const) times[key].push(total[key] / repeats / size);
  }
  return (['acquire', 'release', 'cancel'] as const).map((what): Result => {
    const [, small = 0, middle = 0, large = 0] = times[what]; // the first was to warm up
    return {
      name: `Lock, one ${what} while 1,000, 10,000, 100,000 wait`,
      bare: format(small, 'ns'),
      wrapped: format(large, 'ns'),
      value: large / small,
      unit: '×',
      budget: 3,
      limit: 20,
      note: `10,000: ${format(middle, 'ns')}`,
    };
  });
}

function waitAll(lock: InstanceType<Locks['Lock']>, size: number, controllers: AbortController[] | null): void {
  for (let index = 0; index < size; index++) {
    const signal = controllers?.[index]?.signal;
    const wait = lock.acquire(signal === undefined ? {} : { signal });
    wait.then((permit) => permit.release(), ignore);
  }
}

function ignore(): void {
  // was aborted
}

/** Nanoseconds of processor time of this thread: what lives long is moved by the collector's own threads. */
async function time(work: () => Promise<void>): Promise<number> {
  const started = threadTime();
  await work();
  return threadTime() - started;
}
