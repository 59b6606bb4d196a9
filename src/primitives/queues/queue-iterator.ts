// What `for await` takes the items of a queue with.
import type { WaitRecord } from '../../channels/wait.ts';

/** What an iterator asks of its queue. */
export interface Source<Item> {
  /** The next item, once there is one; done when the queue is shut down and empty. */
  next(iterator: QueueIterator<Item>): Promise<IteratorResult<Item, undefined>>;
  /** Ends what this iterator waits for. */
  stop(iterator: QueueIterator<Item>): void;
}

/** No generator: one would end its `return` only after the `next` that it waits for, and take an item for nobody. */
export class QueueIterator<Item> implements AsyncIterableIterator<Item, undefined> {
  readonly #source: Source<Item>;
  #ended = false;
  #lastWait: WaitRecord | null = null;
  #hadSeveralWaits = false;

  constructor(source: Source<Item>) {
    this.#source = source;
  }

  next(): Promise<IteratorResult<Item, undefined>> {
    return this.#ended ? Promise.resolve(end) : this.#source.next(this);
  }

  /** Takes nothing more. What `next` still waits for is over at once, and no item is lost. */
  return(): Promise<IteratorResult<Item, undefined>> {
    this.#ended = true;
    if (this.#hadSeveralWaits || this.#waits) this.#source.stop(this);
    return Promise.resolve(end);
  }

  /** Its `next` has to wait: only then is there something to stop, for which the source looks through all that wait. */
  noteWait(wait: WaitRecord): void {
    this.#hadSeveralWaits ||= this.#waits;
    this.#lastWait = wait;
  }

  get #waits(): boolean {
    return this.#lastWait !== null && this.#lastWait.outcome === null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/** The result of an iteration that is over. */
export const end: IteratorReturnResult<undefined> = Object.freeze({ value: undefined, done: true });
