// A queue between producers and consumers, as asyncio's: bounded if wanted, fair, and nothing put is ever lost.
import { inspect } from 'node:util';
import {
  queueDone,
  queuePut,
  queueRefused,
  queueTaken,
  type Hold,
  type ResourceRecord,
} from '../../channels/resource.ts';
import type { Site } from '../../channels/site.ts';
import type { QueueStatistics } from '../../channels/statistics.ts';
import type { TaskRecord } from '../../channels/task.ts';
import { QueueEmptyError, QueueFullError, QueueShutDownError, StateError } from '../../errors.ts';
import { currentOrRoot } from '../../runtime/context.ts';
import { List } from '../../runtime/list.ts';
import { announce, identify } from '../../runtime/resource.ts';
import { checkCount, checkName, checkOptions } from '../arguments.ts';
import { end, QueueIterator, type Source } from './queue-iterator.ts';
import { Ring } from './ring.ts';
import type { Store } from './store.ts';
import { noOptions, throwIfEnded, Waiter, type WaitOptions } from '../waiter.ts';

export interface QueueOptions {
  /** What reports, spans and metrics call it. Default `queue`. */
  readonly name?: string;
  /** The most items it takes before `put` waits. Default Infinity. */
  readonly maxsize?: number;
}

/** A `get`, or the `next` of an iterator, which gets its item wrapped. */
type Getter<Item> = Waiter<Item | IteratorResult<Item, undefined>, QueueIterator<Item> | null>;

// What every put that need not wait returns.
const accepted: Promise<void> = Promise.resolve();

/**
 * First in, first out. `put` waits while the queue is full, `get` while it is empty, each in order of asking. An item
 * that is put while somebody waits for one is that one's at once, whatever happens to either of them afterwards.
 * @example
 * const orders = new Queue<Order>({ name: 'orders', maxsize: 100 });
 * await orders.put(order);
 * for await (const order of orders) { await ship(order); orders.taskDone(); }
 */
export class Queue<Item> implements ResourceRecord, AsyncIterable<Item, undefined> {
  readonly kind = 'queue';
  readonly name: string;
  readonly maxsize: number;
  readonly id: number;
  readonly createdAt: number;
  readonly site: Site | null;
  /** The task which took an item last. */
  lastTaker: TaskRecord | null = null;
  readonly #store: Store<Item>;
  readonly #putters: List<Waiter<void, Item>> = new List();
  readonly #getters: List<Getter<Item>> = new List();
  readonly #joiners: List<Waiter<void>> = new List();
  #source: Source<Item> | null = null;
  #unfinished = 0;
  #taken = 0;
  #shutDown = false;

  constructor(options?: QueueOptions);
  /**
   * For the queues that order their items otherwise.
   * @internal
   */
  constructor(options: QueueOptions | undefined, store: Store<Item>);
  constructor(options: QueueOptions = {}, store: Store<Item> = new Ring()) {
    checkOptions(options);
    const { name, maxsize = Infinity } = options;
    checkCount(maxsize, 'maxsize', 1);
    this.name = checkName(name, 'queue');
    this.maxsize = maxsize;
    this.#store = store;
    ({ id: this.id, createdAt: this.createdAt, site: this.site } = identify(this.name));
    announce(this);
  }

  /** How many items are in the queue. */
  get depth(): number {
    return this.#store.size;
  }

  get empty(): boolean {
    return this.#store.size === 0;
  }

  get full(): boolean {
    return this.#store.size >= this.maxsize;
  }

  get [Symbol.toStringTag](): string {
    return 'Queue';
  }

  /** Puts an item, once there is room. Rejects with QueueShutDownError after `shutdown`. */
  put(item: Item, options: WaitOptions = noOptions): Promise<void> {
    try {
      const task = throwIfEnded(options);
      if (this.#shutDown) throw this.#refuse(task, this.#shutDownError());
      if (this.full) return this.#waitForRoom(item, options, task);
      this.#accept(item, task);
      return accepted;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Takes the next item, once there is one. Rejects with QueueShutDownError if the queue is shut down and empty. */
  get(options: WaitOptions = noOptions): Promise<Item> {
    try {
      const task = throwIfEnded(options);
      if (!this.empty) return Promise.resolve(this.#take(task));
      if (this.#shutDown) throw this.#shutDownError();
      return this.#await(null, options, task) as Promise<Item>;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Puts an item now.
   * @throws QueueFullError if there is no room, QueueShutDownError after `shutdown`
   */
  putNowait(item: Item): void {
    const task = currentOrRoot();
    if (this.#shutDown) throw this.#refuse(task, this.#shutDownError());
    if (this.full) {
      throw this.#refuse(task, new QueueFullError(`queue ${this.name} is full: ${this.depth} of ${this.maxsize}`));
    }
    this.#accept(item, task);
  }

  /**
   * Takes the next item now.
   * @throws QueueEmptyError if there is none, QueueShutDownError if the queue is shut down and empty
   */
  getNowait(): Item {
    if (!this.empty) return this.#take(currentOrRoot());
    if (this.#shutDown) throw this.#shutDownError();
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
    this.#unfinished--;
    if (queueDone.hasSubscribers) queueDone.publish({ queue: this, task: currentOrRoot() });
    if (this.#unfinished === 0) this.#wakeJoiners();
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
   * in it can still be taken; then `get` rejects too, and iterations end.
   * @param immediate drops what is in it, and counts it as done
   */
  shutdown(immediate = false): void {
    this.#shutDown = true;
    if (immediate) {
      // taskDone may have been called for items that nobody has taken
      this.#unfinished = Math.max(0, this.#unfinished - this.#store.size);
      this.#store.clear();
      if (this.#unfinished === 0) this.#wakeJoiners();
    }
    for (let putter = this.#putters.shift(); putter !== null; putter = this.#putters.shift()) {
      putter.reject(this.#refuse(putter.task, this.#shutDownError()));
    }
    // where somebody waits to get there is nothing to take
    for (let getter = this.#getters.shift(); getter !== null; getter = this.#getters.shift()) {
      if (getter.item === null) getter.reject(this.#shutDownError());
      else getter.resolve(end);
    }
  }

  /** Takes items until the queue is shut down and empty. `taskDone` stays with the caller. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Item, undefined> {
    this.#source ??= {
      next: (iterator) => this.#next(iterator),
      stop: (iterator) => {
        for (const getter of this.#getters) if (getter.item === iterator) getter.resolve(end);
      },
    };
    return new QueueIterator(this.#source);
  }

  statistics(): QueueStatistics {
    return Object.freeze({
      kind: 'queue',
      depth: this.depth,
      capacity: this.maxsize === Infinity ? null : this.maxsize,
      putters: this.#putters.size,
      getters: this.#getters.size,
      unfinished: this.#unfinished,
      put: this.#store.pushed,
      taken: this.#taken,
    });
  }

  /** Nobody holds a queue. */
  holders(): Iterable<Hold> {
    return [];
  }

  /** `<Queue orders 2 of 10, 1 putter, 3 unfinished>`: a logged queue says what is in it in one line. */
  [inspect.custom](): string {
    const { depth, maxsize } = this;
    const facts = [
      maxsize === Infinity ? `${depth}` : `${depth} of ${maxsize}`,
      ...count(this.#putters.size, 'putter'),
      ...count(this.#getters.size, 'getter'),
      ...(this.#unfinished > 0 ? [`${this.#unfinished} unfinished`] : []),
      ...(this.#shutDown ? ['shut down'] : []),
    ];
    return `<${this[Symbol.toStringTag]} ${this.name} ${facts.join(', ')}>`;
  }

  #next(iterator: QueueIterator<Item>): Promise<IteratorResult<Item, undefined>> {
    try {
      const task = throwIfEnded(noOptions);
      if (!this.empty) return Promise.resolve({ value: this.#take(task), done: false });
      if (this.#shutDown) return Promise.resolve(end);
      return this.#await(iterator, noOptions, task) as Promise<IteratorResult<Item, undefined>>;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #waitForRoom(item: Item, options: WaitOptions, task: TaskRecord): Promise<void> {
    return new Waiter<void, Item>('put', this, item, options, this.#putters, undefined, null, task).promise;
  }

  #await(iterator: Getter<Item>['item'], options: WaitOptions, task: TaskRecord): Getter<Item>['promise'] {
    const getter: Getter<Item> = new Waiter('get', this, iterator, options, this.#getters, undefined, null, task);
    iterator?.noteWait(getter);
    return getter.promise;
  }

  /** Takes an item in, and hands it on if somebody waits for one: then nothing else is in the store. */
  #accept(item: Item, task: TaskRecord): void {
    const store = this.#store;
    store.push(item);
    this.#unfinished++;
    if (queuePut.hasSubscribers) queuePut.publish({ queue: this, item: store.pushed, task });
    const getter = this.#getters.shift();
    if (getter === null) return;
    const value = this.#shift(getter.task);
    getter.resolve(getter.item === null ? value : { value, done: false });
  }

  /** Takes the next item out, and lets the first who waits to put fill the room. */
  #take(task: TaskRecord): Item {
    const item = this.#shift(task);
    if (this.#putters.size > 0) this.#fillRoom();
    return item;
  }

  #shift(task: TaskRecord): Item {
    const item = this.#store.shift();
    this.#taken++;
    this.lastTaker = task;
    if (queueTaken.hasSubscribers) queueTaken.publish({ queue: this, item: this.#store.shifted, task });
    return item;
  }

  #fillRoom(): void {
    for (let putter = this.#putters.shift(); putter !== null; putter = this.#putters.shift()) {
      try {
        this.#accept(putter.item, putter.task);
      } catch (error) {
        putter.reject(error); // its item cannot be ordered: no fault of who takes
        continue;
      }
      putter.resolve();
      return;
    }
  }

  #wakeJoiners(): void {
    for (let joiner = this.#joiners.shift(); joiner !== null; joiner = this.#joiners.shift()) joiner.resolve();
  }

  #refuse<Reason extends Error>(task: TaskRecord, error: Reason): Reason {
    if (queueRefused.hasSubscribers) queueRefused.publish({ queue: this, task });
    return error;
  }

  #shutDownError(): QueueShutDownError {
    return new QueueShutDownError(`queue ${this.name} is shut down`);
  }
}

function count(number: number, what: string): string[] {
  return number === 0 ? [] : [`${number} ${what}${number === 1 ? '' : 's'}`];
}
