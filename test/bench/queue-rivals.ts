// The queues that ours is compared with, each moving the same items in its own manner.
import Denque from 'denque';
import fastq from 'fastq';
import PQueue from 'p-queue';

/** Moves so many items and says what they add up to. */
export type Move = (count: number) => Promise<number>;

/** What one writes by hand: bounded, asynchronous, first come first served; without cancellation, timeouts and names. */
export class HandRolledQueue {
  readonly #items = new Denque<number>();
  readonly #getters = new Denque<(item: number) => void>();
  readonly #putters = new Denque<() => void>();
  readonly #maxsize: number;

  constructor(maxsize = Infinity) {
    this.#maxsize = maxsize;
  }

  async put(item: number): Promise<void> {
    const getter = this.#getters.shift();
    if (getter !== undefined) {
      getter(item);
      return;
    }
    while (this.#items.length >= this.#maxsize) await new Promise<void>((resolve) => void this.#putters.push(resolve));
    this.#items.push(item);
  }

  async get(): Promise<number> {
    if (this.#items.length === 0) return new Promise((resolve) => void this.#getters.push(resolve));
    const item = this.#items.shift() as number;
    this.#putters.shift()?.();
    return item;
  }
}

/** fastq with promises: everything pushed, and then awaited until it is drained. */
export function fastqPromises(): Move {
  let sum = 0;
  const queue = fastq.promise(async (item: number) => {
    sum += item;
  }, 1);
  return async (count) => {
    sum = 0;
    for (let item = 0; item < count; item++) void queue.push(item);
    await queue.drained();
    return sum;
  };
}

/** fastq with callbacks: no promise for an item. */
export function fastqCallbacks(): Move {
  let sum = 0;
  const queue = fastq((item: number, done: (error: Error | null) => void) => {
    sum += item;
    done(null);
  }, 1);
  return (count) =>
    new Promise((resolve) => {
      sum = 0;
      let left = count;
      const callBack = (): void => {
        if (--left === 0) resolve(sum);
      };
      for (let item = 0; item < count; item++) queue.push(item, callBack);
    });
}

/** p-queue, whose items are functions. */
export function pQueue(): Move {
  const queue = new PQueue({ concurrency: 1 });
  return async (count) => {
    let sum = 0;
    for (let item = 0; item < count; item++) {
      void queue.add(async () => {
        sum += item;
      });
    }
    await queue.onIdle();
    return sum;
  };
}
