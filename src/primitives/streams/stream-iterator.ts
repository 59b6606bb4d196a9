// Iteration over a reader. No generator: that would cost as much again as a read.

const ended: IteratorReturnResult<undefined> = Object.freeze({ done: true, value: undefined });

/** Reads until there is nothing more. Leaving the loop ends the iteration and leaves the stream as it is. */
export class StreamIterator<Item> implements AsyncIterableIterator<Item, undefined> {
  readonly #read: () => Promise<Item | null>;
  #isOver = false;

  constructor(read: () => Promise<Item | null>) {
    this.#read = read;
  }

  next(): Promise<IteratorResult<Item, undefined>> {
    return this.#isOver ? Promise.resolve(ended) : this.#read().then(this.#toResult, this.#fail);
  }

  return(): Promise<IteratorResult<Item, undefined>> {
    this.#isOver = true;
    return Promise.resolve(ended);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  readonly #toResult = (item: Item | null): IteratorResult<Item, undefined> => {
    if (item !== null) return { done: false, value: item };
    this.#isOver = true;
    return ended;
  };

  readonly #fail = (error: unknown): never => {
    this.#isOver = true;
    throw error;
  };
}
