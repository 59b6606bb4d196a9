// Queues against those of other libraries and one written by hand, and how they grow: side by side in one process.
import { processorTime } from './processor-time.ts';
import { queueCurves, type Queues } from './queue-curves.ts';
import { fastqCallbacks, fastqPromises, HandRolledQueue, pQueue, type Move } from './queue-rivals.ts';
import { assertDone, format, median, type Result } from './result.ts';

const count = 1000;
const rounds = 5;
const dist = new URL('../../dist/src/', import.meta.url);

interface Rivalry {
  readonly name: string;
  readonly ours: Move;
  readonly theirs: Move;
  readonly budget: number;
  /** Compared once more while the registry runs. */
  readonly withRegistry?: true;
  readonly note?: string;
}

/** What all asynchronous queues have in common. */
interface AsyncQueue {
  put(item: number): Promise<void>;
  get(): Promise<number>;
}

function oneByOne(queue: AsyncQueue): Move {
  return async (items) => {
    let sum = 0;
    for (let item = 0; item < items; item++) {
      await queue.put(item);
      sum += await queue.get();
    }
    return sum;
  };
}

function allAtOnce(queue: AsyncQueue): Move {
  return async (items) => {
    let sum = 0;
    for (let item = 0; item < items; item++) await queue.put(item);
    for (let item = 0; item < items; item++) sum += await queue.get();
    return sum;
  };
}

/** The consumer waits before each item. */
function inStep(queue: AsyncQueue): Move {
  return async (items) => {
    let sum = 0;
    const consuming = (async () => {
      for (let item = 0; item < items; item++) sum += await queue.get();
    })();
    for (let item = 0; item < items; item++) await queue.put(item);
    await consuming;
    return sum;
  };
}

function worker({ Queue }: Queues): Move {
  const queue = new Queue<number>();
  let sum = 0;
  void (async () => {
    for await (const item of queue) {
      sum += item;
      queue.taskDone();
    }
  })();
  return async (items) => {
    sum = 0;
    for (let item = 0; item < items; item++) void queue.put(item);
    await queue.join();
    return sum;
  };
}

function nowait({ Queue }: Queues): Move {
  const queue = new Queue<number>();
  return async (items) => {
    let sum = 0;
    for (let item = 0; item < items; item++) queue.putNowait(item);
    for (let item = 0; item < items; item++) sum += queue.getNowait();
    return sum;
  };
}

function rivalries(queues: Queues): Rivalry[] {
  const { Queue } = queues;
  const hand = 'a queue by hand (denque)';
  return [
    {
      name: `put, get: ${hand}`,
      ours: oneByOne(new Queue()),
      theirs: oneByOne(new HandRolledQueue()),
      budget: 1,
      withRegistry: true,
    },
    {
      name: `1,000 put, 1,000 get: ${hand}`,
      ours: allAtOnce(new Queue()),
      theirs: allAtOnce(new HandRolledQueue()),
      budget: 1,
    },
    {
      name: `a consumer that always waits: ${hand}`,
      ours: inStep(new Queue({ maxsize: 10 })),
      theirs: inStep(new HandRolledQueue(10)),
      budget: 2,
      note: 'a wait of ours has a time, a place and a task, and can be ended',
    },
    {
      name: 'a worker, until all is done: fastq.promise',
      ours: worker(queues),
      theirs: fastqPromises(),
      budget: 1,
      withRegistry: true,
    },
    {
      name: 'a worker, until all is done: p-queue',
      ours: worker(queues),
      theirs: pQueue(),
      budget: 1,
      withRegistry: true,
    },
    { name: 'without promises: fastq', ours: nowait(queues), theirs: fastqCallbacks(), budget: 1 },
  ];
}

export async function benchQueues(): Promise<Result[]> {
  const queues = (await load(
    ['queue', 'priority-queue', 'lifo-queue'].map((name) => `primitives/queues/${name}.js`),
  )) as Queues;
  const results: Result[] = [];
  for (const rivalry of rivalries(queues)) results.push(await compare(rivalry, ''));
  const { startRegistry } = (await load([
    'subscribers/registry.js',
  ])) as typeof import('../../src/subscribers/registry.ts');
  const registry = startRegistry();
  for (const rivalry of rivalries(queues).filter(({ withRegistry }) => withRegistry === true)) {
    results.push(await compare(rivalry, ' · registry'));
  }
  registry.stop();
  return [...results, ...(await queueCurves(queues))];
}

/** Modules by themselves: `index.js` would start the registry. */
async function load(files: readonly string[]): Promise<object> {
  const modules = files.map((file) => import(new URL(file, dist).href));
  return Object.assign({}, ...(await Promise.all(modules))) as object;
}

async function compare({ name, ours, theirs, budget, note }: Rivalry, suffix: string): Promise<Result> {
  const sum = (count * (count - 1)) / 2;
  for (const move of [theirs, ours]) {
    for (let index = 0; index < 10; index++) assertDone(name, sum, await move(count));
  }
  const times: { ours: number; theirs: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    // Each goes first as often as the other.
    const first = round % 2 === 0 ? await time(ours) : 0;
    const other = await time(theirs);
    times.push({ ours: first === 0 ? await time(ours) : first, theirs: other });
  }
  return {
    name: `${name}${suffix}`,
    bare: format(median(times.map((round) => round.theirs)), 'ns'),
    wrapped: format(median(times.map((round) => round.ours)), 'ns'),
    value: median(times.map((round) => round.ours / round.theirs)),
    unit: '×',
    budget,
    limit: budget * 2,
    ...(note === undefined ? {} : { note }),
  };
}

/** Nanoseconds of one item. */
async function time(move: Move): Promise<number> {
  return (await processorTime(() => move(count))) / count;
}
