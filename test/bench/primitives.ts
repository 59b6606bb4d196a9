// What the guards of the channels cost while nobody listens: the same code with them and without, in one process.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { processorTime } from './processor-time.ts';
import { assertDone, format, median, type Result } from './result.ts';
import { stripChannels } from './strip-channels.ts';

const dist = fileURLToPath(new URL('../../dist/src/', import.meta.url));
const opsPerRun = 1000;
const rounds = 7;

type Primitives = typeof import('../../src/primitives/tasks/task.ts') &
  typeof import('../../src/primitives/locks/lock.ts') &
  typeof import('../../src/primitives/locks/semaphore.ts') &
  typeof import('../../src/primitives/queues/queue.ts') &
  typeof import('../../src/primitives/tasks/sleep.ts') &
  typeof import('../../src/resilience/retry.ts');

/** Does 1,000 of something and says how many it did. */
type Work = () => Promise<number>;

const files = ['tasks/task', 'locks/lock', 'locks/semaphore', 'queues/queue', 'tasks/sleep'].map(
  (name) => `primitives/${name}.js`,
);

/** Not `index.js`: that starts the registry, and then somebody listens. */
async function load(folder: string): Promise<Primitives> {
  const modules = [...files, 'resilience/retry.js'].map((file) => import(pathToFileURL(join(folder, file)).href));
  return Object.assign({}, ...(await Promise.all(modules))) as Primitives;
}

function workOf({ createTask, Lock, Semaphore, Queue, sleep, retry }: Primitives): Record<string, Work> {
  const lock = new Lock();
  const semaphore = new Semaphore(2);
  const queue = new Queue<number>({ maxsize: 10 });
  let done = 0;
  const one = async (): Promise<void> => {
    done++;
  };
  const counting = (work: () => Promise<void>): Work => {
    return async () => {
      done = 0;
      await work();
      return done;
    };
  };
  return {
    'createTask, awaited': counting(async () => {
      for (let index = 0; index < opsPerRun; index++) await createTask(one);
    }),
    'Lock, free': counting(async () => {
      for (let index = 0; index < opsPerRun; index++) await lock.run(one);
    }),
    'Lock, 10 in line': counting(async () => {
      for (let index = 0; index < opsPerRun / 10; index++)
        await Promise.all(Array.from({ length: 10 }, () => lock.run(one)));
    }),
    'Semaphore, 10 in line': counting(async () => {
      for (let index = 0; index < opsPerRun / 10; index++)
        await Promise.all(Array.from({ length: 10 }, () => semaphore.run(one)));
    }),
    'Queue, put and get': counting(async () => {
      const taking = (async () => {
        for (let index = 0; index < opsPerRun; index++) done += await queue.get();
      })();
      for (let index = 0; index < opsPerRun; index++) await queue.put(1);
      await taking;
    }),
    'retry, first attempt': counting(async () => {
      for (let index = 0; index < opsPerRun; index++) await retry(one);
    }),
    'sleep(0), 1,000 at once': counting(async () => {
      await Promise.all(Array.from({ length: opsPerRun }, () => sleep(0).then(one)));
    }),
  };
}

export async function benchPrimitives(): Promise<Result[]> {
  const { folder, removed, copy } = await stripChannels();
  try {
    const bare = workOf(await load(folder));
    const wrapped = workOf(await load(dist));
    const results: Result[] = [];
    for (const [name, withChannels] of Object.entries(wrapped)) {
      const without = bare[name] as Work;
      for (const work of [without, withChannels]) {
        for (let index = 0; index < 10; index++) assertDone(name, opsPerRun, await work());
      }
      results.push(await compare(name, without, withChannels));
    }
    console.log(`(${removed} guarded publications taken out of the copy)`);
    return results;
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

async function compare(name: string, without: Work, withChannels: Work): Promise<Result> {
  const times: { bare: number; wrapped: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    // Each goes first as often as the other.
    const order = round % 2 === 0 ? [without, withChannels] : [withChannels, without];
    const [first, second] = [await time(order[0] as Work), await time(order[1] as Work)];
    times.push(round % 2 === 0 ? { bare: first, wrapped: second } : { bare: second, wrapped: first });
  }
  return {
    name,
    bare: format(median(times.map(({ bare }) => bare)), 'ns'),
    wrapped: format(median(times.map(({ wrapped }) => wrapped)), 'ns'),
    value: median(times.map(({ bare, wrapped }) => wrapped / bare)),
    unit: '×',
    budget: 1.3,
    limit: 2.5,
  };
}

/** Nanoseconds of one operation. */
async function time(work: Work): Promise<number> {
  return (await processorTime(work)) / opsPerRun;
}
