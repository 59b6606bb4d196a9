// A barrier: tasks wait for each other, and go on together once all have come.
import { inspect } from 'node:util';
import type { Hold, ResourceRecord } from '../../channels/resource.ts';
import type { Site } from '../../channels/site.ts';
import type { BarrierStatistics } from '../../channels/statistics.ts';
import { BrokenBarrierError } from '../../errors.ts';
import { List } from '../../runtime/list.ts';
import { announce, identify } from '../../runtime/resource.ts';
import { checkCount, checkName, checkOptions } from '../arguments.ts';
import { describeState } from '../describe.ts';
import { noOptions, throwIfEnded, Waiter, type WaitOptions } from '../waiter.ts';

export interface BarrierOptions {
  /** What reports, spans and metrics call it. Default `barrier`. */
  readonly name?: string;
}

/**
 * A meeting point of so many parties, again and again, as asyncio's.
 * @example
 * const start = new Barrier(3, { name: 'start' });
 * const index = await start.wait();      // in three tasks
 */
export class Barrier implements ResourceRecord {
  readonly kind = 'barrier';
  readonly name: string;
  readonly id: number;
  readonly createdAt: number;
  readonly site: Site | null;
  /** How many have to come. */
  readonly parties: number;
  readonly #waiters: List<Waiter<number>> = new List();
  /** Who has come while those before are leaving. */
  readonly #early: List<Waiter<void>> = new List();
  #state: BarrierStatistics['state'] = 'filling';
  /** How many were let go, or turned away, and have not gone yet. */
  #leaving = 0;

  /** @param parties how many have to come: a whole number of at least 1 */
  constructor(parties: number, options: BarrierOptions = {}) {
    checkCount(parties, 'parties', 1);
    checkOptions(options);
    const { name } = options;
    this.name = checkName(name, 'barrier');
    this.parties = parties;
    ({ id: this.id, createdAt: this.createdAt, site: this.site } = identify(this.name));
    announce(this);
  }

  /**
   * `filling` while it waits for parties to come; `draining` until all of them have gone on, and `resetting` until all of
   * them have been turned away: who comes meanwhile waits for that; `broken` from `abort` to `reset`.
   */
  get state(): BarrierStatistics['state'] {
    return this.#state;
  }

  get broken(): boolean {
    return this.#state === 'broken';
  }

  /** How many have come and wait for the others. */
  get waiting(): number {
    return this.#waiters.size;
  }

  /**
   * Waits until all parties have come. Who leaves before, by cancellation, signal or timeout, has not come: the others
   * go on waiting. Rejects with a BrokenBarrierError if the barrier is broken, or is aborted or reset meanwhile.
   * @returns the number of the party, from 0, in order of coming
   */
  wait(options: WaitOptions = noOptions): Promise<number> {
    try {
      throwIfEnded(options);
      switch (this.#state) {
        case 'broken':
          throw this.#error('is broken');
        case 'filling':
          return this.#come(options);
        default: {
          const waiter = new Waiter<void>('wait', this, undefined, options, this.#early);
          waiter.result = waiter.promise.then(async () => this.wait(options));
          return waiter.result as Promise<number>;
        }
      }
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Back to where it began: who waits now is turned away with a BrokenBarrierError. Mends a broken barrier. */
  reset(): void {
    this.#turnAway('was reset');
    this.#state = this.#leaving > 0 ? 'resetting' : 'filling';
    this.#letIn();
  }

  /** Breaks the barrier: who waits, or comes, is turned away with a BrokenBarrierError until it is reset. */
  abort(): void {
    this.#state = 'broken';
    this.#turnAway('was aborted');
    this.#letIn();
  }

  statistics(): BarrierStatistics {
    return Object.freeze({ kind: 'barrier', parties: this.parties, waiters: this.waiting, state: this.#state });
  }

  /** Nobody holds a barrier. */
  holders(): Iterable<Hold> {
    return [];
  }

  /** `<Barrier start filling, waiters: 2 of 3>` */
  [inspect.custom](): string {
    const waiters = this.broken ? '' : `, waiters: ${this.waiting} of ${this.parties}`;
    return describeState('Barrier', this.name, `${this.#state}${waiters}`, 0);
  }

  #come(options: WaitOptions): Promise<number> {
    if (this.#waiters.size + 1 === this.parties) {
      this.#state = 'draining';
      this.#leaving += this.parties;
      let index = 0;
      for (let waiter = this.#waiters.shift(); waiter !== null; waiter = this.#waiters.shift()) waiter.resolve(index++);
      this.#leave();
      return Promise.resolve(index);
    }
    const waiter = new Waiter<number>('wait', this, undefined, options, this.#waiters);
    const result = this.#go(waiter);
    waiter.result = result;
    return result;
  }

  async #go(waiter: Waiter<number>): Promise<number> {
    try {
      const index = await waiter.promise;
      // Whoever has gone already may have aborted or reset it.
      if (this.#state === 'broken') throw this.#error('was aborted');
      if (this.#state === 'resetting') throw this.#error('was reset');
      return index;
    } finally {
      // The barrier itself ended the wait; who was cancelled or timed out was never counted.
      const { outcome } = waiter;
      if (outcome === 'fulfilled' || outcome === 'rejected') this.#leave();
    }
  }

  #leave(): void {
    if (--this.#leaving > 0) return;
    if (this.#state !== 'broken') this.#state = 'filling';
    this.#letIn();
  }

  #turnAway(why: string): void {
    this.#leaving += this.#waiters.size;
    for (let waiter = this.#waiters.shift(); waiter !== null; waiter = this.#waiters.shift())
      waiter.reject(this.#error(why));
  }

  /** Those who came early are as those who come now. */
  #letIn(): void {
    if (this.#state === 'draining' || this.#state === 'resetting') return;
    for (let waiter = this.#early.shift(); waiter !== null; waiter = this.#early.shift()) waiter.resolve();
  }

  #error(why: string): BrokenBarrierError {
    return new BrokenBarrierError(`barrier ${this.name} ${why}`);
  }
}
