// The asynchronous operations of this thread, by async_hooks: how long each waits for its callback, and how long that runs.
// Where there are very many, they are followed a part of the time. Promises are none, but in deep mode.
import { createHook, type AsyncHook } from 'node:async_hooks';
import type { Site } from '../channels/site.ts';
import type { SiteEntry } from '../report/format.ts';
import type { OperationsEntry } from '../report/recording.ts';
import { now } from '../runtime/clock.ts';
import { OperationBook } from './operation-book.ts';
import { Sparing } from './sparing.ts';

const { setInterval, clearInterval } = globalThis; // before anybody fakes the timers

const lookEveryMs = 25;
/** For so long what has begun is followed to its end, when nothing is followed that begins. */
const longestEndMs = 1000;
/** What a call of a hook costs, what Node does for it included, and reading a stack. Milliseconds. */
const callMs = 0.0003;
const stackMs = 0.01;
/** Of the processor time of the thread. Who asks for promises has heard that they cost. */
const share = 0.02;
const deepShare = 0.3;

export interface OperationsOptions {
  /** Promises, too. */
  readonly isDeep: boolean;
}

/** What runs while operations are followed. */
export interface OperationFollower {
  /** A tenth of a second went by. */
  tick(): void;
  /** Forgets what was until now. */
  restart(): void;
  stop(mapSite: (site: Site) => SiteEntry): OperationsEntry;
}

/** Follows operations from now on. */
export function followOperations(options: OperationsOptions): OperationFollower {
  return new Follower(options);
}

class Follower implements OperationFollower {
  readonly #book: OperationBook;
  readonly #isDeep: boolean;
  readonly #sparing: Sparing;
  /** Tells of everything. */
  readonly #all: AsyncHook;
  /** Tells how ends what has begun. */
  readonly #ends: AsyncHook;
  readonly #timer: NodeJS.Timeout;
  #following: 'all' | 'ends' | 'nothing' = 'nothing';
  #since = now();
  #followedMs = 0;
  #isDrawn = false;

  constructor({ isDeep }: OperationsOptions) {
    const book = new OperationBook(isDeep);
    this.#book = book;
    this.#isDeep = isDeep;
    this.#sparing = new Sparing(isDeep ? deepShare : share);
    const destroy = (id: number): void => book.destroy(id);
    const promises = isDeep ? { promiseResolve: (id: number) => book.settle(id) } : { trackPromises: false }; // Node 22 does not know it, and calls for promises as well
    this.#all = createHook({
      init: (id, type) => book.init(id, type),
      before: (id) => book.before(id),
      after: (id) => book.after(id),
      destroy,
      ...promises,
    });
    this.#ends = createHook({
      before: (id) => void book.run(id),
      after: (id) => void book.pause(id),
      destroy,
      ...promises,
    });
    this.#timer = setInterval(() => this.#look(), lookEveryMs).unref();
    this.#followAll();
  }

  tick(): void {
    this.#book.tick();
    if (this.#following === 'all') this.#draw();
  }

  #draw(): void {
    this.#book.draw();
    this.#isDrawn = true;
  }

  /** Whether it is time to begin, or to end. */
  #look(): void {
    const book = this.#book;
    this.#sparing.spend(book.calls * callMs + book.stacks * stackMs);
    book.calls = 0;
    book.stacks = 0;
    if (this.#following === 'all') {
      if (this.#sparing.isSpent()) this.#followEnds();
    } else if (this.#following === 'ends') {
      if (book.ending === 0 || now() - this.#since > longestEndMs) this.#rest();
    } else if (this.#sparing.isWorth()) this.#followAll();
  }

  #followAll(): void {
    this.#following = 'all';
    this.#since = now();
    this.#isDrawn = false;
    this.#all.enable();
  }

  #followEnds(): void {
    if (!this.#isDrawn) this.#draw();
    this.#followedMs += now() - this.#since;
    this.#since = now();
    this.#following = 'ends';
    this.#all.disable();
    this.#book.startEnd();
    if (this.#book.ending === 0) this.#rest();
    else this.#ends.enable();
  }

  #rest(): void {
    this.#ends.disable();
    this.#following = 'nothing';
    this.#book.close();
  }

  restart(): void {
    this.#ends.disable();
    this.#book.clear();
    this.#sparing.restart();
    this.#followedMs = 0;
    this.#followAll();
  }

  stop(mapSite: (site: Site) => SiteEntry): OperationsEntry {
    clearInterval(this.#timer);
    this.#all.disable();
    this.#ends.disable();
    if (this.#following === 'all') this.#followedMs += now() - this.#since;
    this.#following = 'nothing';
    return { followedMs: Math.round(this.#followedMs), isDeep: this.#isDeep, ...this.#book.entries(mapSite) };
  }
}
