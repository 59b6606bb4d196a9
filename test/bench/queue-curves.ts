// What one put, get or cancellation costs in a queue of a thousand and of a million: it must not depend on that.
import { assertDone, format, type Result } from './result.ts';

const rounds = 5;
const operations = 100_000;
const reason = new Error('gives up'); // one for all: a stack for each would be measured

/** The modules of the queues. */
export type Queues = typeof import('../../src/primitives/queues/queue.ts') &
  typeof import('../../src/primitives/queues/priority-queue.ts') &
  typeof import('../../src/primitives/queues/lifo-queue.ts');

interface Curve {
  readonly name: string;
  readonly sizes: readonly number[];
  /** The most by which the largest may cost more than the smallest. */
  readonly budget: number;
  readonly prepare: (size: number) => Prepared;
}

/** A queue of some size. */
interface Prepared {
  /** Does the operation, and says how often. */
  readonly work: () => number;
  readonly end?: () => void;
}

function curves({ Queue, LifoQueue, PriorityQueue }: Queues): Curve[] {
  const items = [1000, 10_000, 100_000, 1_000_000];
  const waiters = [1000, 10_000, 100_000];
  const putAndGet = (queue: InstanceType<Queues['Queue']>, size: number): Prepared => {
    let seed = 1;
    const random = (): number => (seed = (seed * 48_271) % 2_147_483_647);
    for (let index = 0; index < size; index++) queue.putNowait(random());
    return {
      work() {
        for (let index = 0; index < operations; index++) {
          queue.putNowait(random());
          queue.getNowait();
        }
        assertDone('items left', size, queue.depth);
        return operations;
      },
    };
  };
  return [
    { name: 'Queue: put, get', sizes: items, budget: 2, prepare: (size) => putAndGet(new Queue<unknown>(), size) },
    {
      name: 'LifoQueue: put, get',
      sizes: items,
      budget: 2,
      prepare: (size) => putAndGet(new LifoQueue<unknown>(), size),
    },
    {
      name: 'PriorityQueue: put, get',
      sizes: items,
      budget: 8,
      prepare: (size) => putAndGet(new PriorityQueue<unknown>({ priority: Number }), size),
    },
    {
      name: 'a getter more, and the first is served',
      sizes: waiters,
      budget: 8, // the collector copies what lives long
      prepare(size) {
        const queue = new Queue<number>();
        const wait = (): void => void queue.get().catch(ignore);
        for (let index = 0; index < size; index++) wait();
        return {
          work() {
            for (let index = 0; index < size; index++) {
              wait();
              queue.putNowait(index);
            }
            assertDone('getters left', size, queue.statistics().getters);
            return size;
          },
          end: () => queue.shutdown(),
        };
      },
    },
    {
      name: 'a getter gives up in the middle of the line',
      sizes: waiters,
      budget: 3,
      prepare(size) {
        const queue = new Queue<number>();
        const controllers = Array.from({ length: size }, () => {
          const controller = new AbortController();
          queue.get({ signal: controller.signal }).catch(ignore);
          return controller;
        });
        return {
          work() {
            const middle = size / 2;
            for (let index = 0; index < middle; index++) {
              controllers[middle + index]?.abort(reason);
              controllers[middle - 1 - index]?.abort(reason);
            }
            assertDone('getters left', 0, queue.statistics().getters);
            return size;
          },
        };
      },
    },
  ];
}

/** Prints each curve; its result is by how much the largest costs more than the smallest. */
export async function queueCurves(queues: Queues): Promise<Result[]> {
  const results: Result[] = [];
  for (const { name, sizes, budget, prepare } of curves(queues)) {
    const costs: number[] = [];
    for (const size of [sizes[0] as number, ...sizes]) costs.push(await cost(size, prepare)); // the first one warms up
    const [, ...points] = costs;
    const text = points.map(
      (nanoseconds, index) => `${sizes[index]?.toLocaleString('en')}: ${format(nanoseconds, 'ns')}`,
    );
    console.log(`${name} · ${text.join(' · ')}`);
    const [least = NaN] = points;
    const most = points.at(-1) as number;
    results.push({
      name: `${name}: ${sizes.at(-1)?.toLocaleString('en')} against ${sizes[0]?.toLocaleString('en')}`,
      bare: format(least, 'ns'),
      wrapped: format(most, 'ns'),
      value: most / least,
      unit: '×',
      budget,
      limit: budget * 3,
    });
  }
  return results;
}

/** Nanoseconds of one operation, in the fastest round, without collecting what the preparation left. */
async function cost(size: number, prepare: Curve['prepare']): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < (size <= 1000 ? rounds * 5 : rounds); round++) {
    const { work, end } = prepare(size);
    await settle();
    const start = performance.now();
    const done = work();
    times.push(((performance.now() - start) * 1e6) / done);
    end?.();
    await settle();
  }
  return Math.min(...times);
}

async function settle(): Promise<void> {
  await new Promise((resolve) => void setImmediate(resolve));
  globalThis.gc?.();
}

function ignore(): void {
  // who gives up was meant to
}
