// A queue between producers and consumers, as asyncio's: bounded if wanted, fair, and nothing put is ever lost.
import { queuePut, queueTaken, type Hold, type ResourceRecord } from '../channels/resource.ts';
import type { Site } from '../channels/site.ts';
import type { QueueStatistics } from '../channels/statistics.ts';
import type { TaskRecord } from '../channels/task.ts';
import { QueueEmptyError, QueueFullError, QueueShutDownError, StateError } from '../errors.ts';
import { currentOrRoot } from '../runtime/context.ts';
import { List } from '../runtime/list.ts';
import { announce, identify } from '../runtime/resource.ts';
import { checkCount, checkName, checkOptions } from './arguments.ts';
import { Ring } from './ring.ts';
import { noOptions, throwIfEnded, Waiter, type WaitOptions } from './waiter.ts';

export interface QueueOptions {
  /** What reports, spans and metrics call it. Default `queue`. */
  readonly name?: string;
  /** The most items it takes before `put` waits. Default Infinity. */
  readonly maxsize?: number;
}

/**
 * First in, first out. `put` waits while the queue is full, `get` while it is empty, each in order of asking.
 * @example
 * const orders = new Queue<Order>({ name: 'orders', maxsize: 100 });
 * await orders.put(order);
 * for await (const order of orders) { await ship(order); orders.taskDone(); }
 */
export class Queue<Item> implements ResourceRecord, AsyncIterable<Item> {
  readonly kind = 'queue';
  readonly name: string;
  readonly maxsize: number;
  readonly id: number;
  readonly createdAt: number;
  readonly site: Site | null;
  /** The task which took an item last. */
  lastTaker: TaskRecord | null = null;
  readonly #items: Ring<Item> = new Ring();
  readonly #putters: List<Waiter<void, Item>> = new List();
  readonly #getters: List<Waiter<Item>> = new List();
  readonly #joiners: List<Waiter<void>> = new List();
  #unfinished = 0;
  #put = 0;
  #taken = 0;
  #shutDown = false;

  constructor(options: QueueOptions = {}) {
    checkOptions(options);
    const { name, maxsize = Infinity } = options;
    checkCount(maxsize, 'maxsize', 1);
    this.name = checkName(name, 'queue');
    this.maxsize = maxsize;
    ({ id: this.id, createdAt: this.createdAt, site: this.site } = identify(this.name));
    announce(this);
  }

  /** How many items are in the queue. */
  get depth(): number {
    return this.#items.size;
  }

  get empty(): boolean {
    return this.#items.size === 0;
  }

  get full(): boolean {
    return this.#items.size >= this.maxsize;
  }

  /** Puts an item, once there is room. Rejects with QueueShutDownError after `shutdown`. */
  put(item: Item, options: WaitOptions = noOptions): Promise<void> {
    try {
      throwIfEnded(options);
      this.#throwIfShutDown();
      if (!this.full) return Promise.resolve(this.#accept(item));
      return new Waiter<void, Item>('put', this, item, options, this.#putters).promise;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Takes the oldest item, once there is one. Rejects with QueueShutDownError if the queue is shut down and empty. */
  get(options: WaitOptions = noOptions): Promise<Item> {
    try {
      throwIfEnded(options);
      if (!this.empty) return Promise.resolve(this.#take(currentOrRoot()));
      this.#throwIfShutDown();
      return new Waiter<Item>('get', this, undefined, options, this.#getters).promise;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** @throws QueueFullError if there is no room now */
  putNowait(item: Item): void {
    this.#throwIfShutDown();
    if (this.full) throw new QueueFullError(`queue ${this.name} is full: ${this.depth} of ${this.maxsize}`);
    this.#accept(item);
  }

  /** @throws QueueEmptyError if there is nothing now */
  getNowait(): Item {
    if (!this.empty) return this.#take(currentOrRoot());
    this.#throwIfShutDown();
    throw new QueueEmptyError(`queue ${this.name} is empty`);
  }

  /**
   * Says that an item which was taken has been worked on.
   * @throws StateError if it is called more often than there were items
   */
  taskDone(): void {
    if (this.#unfinished === 0) {
      throw new StateError(`taskDone of queue ${this.name} was called more often than items were put`);
    }
    if (--this.#unfinished === 0) this.#wakeJoiners();
  }

  /** Waits until `taskDone` has been called for every item that was put. */
  join(options: WaitOptions = noOptions): Promise<void> {
    try {
      throwIfEnded(options);
      if (this.#unfinished === 0) return Promise.resolve();
      return new Waiter<void>('join', this, undefined, options, this.#joiners).promise;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Closes the queue: nothing more can be put, and those who wait to put are rejected with QueueShutDownError. What is
   * in it can still be taken, and then `get` rejects too.
   * @param immediate drops what is in it, and counts it as done
   */
  shutdown(immediate = false): void {
    this.#shutDown = true;
    if (immediate) {
      // taskDone may have been called for items that nobody has taken
      this.#unfinished = Math.max(0, this.#unfinished - this.#items.size);
      this.#items.clear();
      if (this.#unfinished === 0) this.#wakeJoiners();
    }
    const error = this.#shutDownError();
    for (const putter of this.#putters) putter.reject(error);
    if (this.empty) for (const getter of this.#getters) getter.reject(error);
  }

  /** Takes items until the queue is shut down and empty. `taskDone` stays with the caller. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void> {
    try {
      for (;;) yield await this.get();
    } catch (error) {
      if (!(error instanceof QueueShutDownError && this.#shutDown)) throw error;
    }
  }

  statistics(): QueueStatistics {
    return Object.freeze({
      kind: 'queue',
      depth: this.depth,
      capacity: this.maxsize === Infinity ? null : this.maxsize,
      putters: this.#putters.size,
      getters: this.#getters.size,
      unfinished: this.#unfinished,
      put: this.#put,
      taken: this.#taken,
    });
  }

  /** Nobody holds a queue. */
  holders(): Iterable<Hold> {
    return [];
  }

  /** Takes an item in, past the buffer if somebody waits for one. */
  #accept(item: Item, task: TaskRecord = currentOrRoot()): void {
    this.#unfinished++;
    this.#put++;
    if (queuePut.hasSubscribers) queuePut.publish({ queue: this, item: this.#put, task });
    const getter = this.#getters.shift();
    if (getter === null) {
      this.#items.push(item);
      return;
    }
    this.#noteTaken(getter.record.task);
    getter.resolve(item);
  }

  /** Takes the oldest item out and lets the first who waits to put fill the room. */
  #take(task: TaskRecord): Item {
    const item = this.#items.shift();
    this.#noteTaken(task);
    const putter = this.#putters.shift();
    if (putter !== null) {
      this.#accept(putter.item, putter.record.task);
      putter.resolve();
    }
    return item;
  }

  #noteTaken(task: TaskRecord): void {
    this.lastTaker = task;
    this.#taken++;
    if (queueTaken.hasSubscribers) queueTaken.publish({ queue: this, item: this.#taken, task });
  }

  #wakeJoiners(): void {
    for (let joiner = this.#joiners.shift(); joiner !== null; joiner = this.#joiners.shift()) joiner.resolve();
  }

  #throwIfShutDown(): void {
    if (this.#shutDown) throw this.#shutDownError();
  }

  #shutDownError(): QueueShutDownError {
    return new QueueShutDownError(`queue ${this.name} is shut down`);
  }
}
