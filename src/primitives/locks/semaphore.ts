// A semaphore: so many permits, and everybody can see who holds them.
import { inspect } from 'node:util';
import type { Hold, ResourceRecord } from '../../channels/resource.ts';
import type { Site } from '../../channels/site.ts';
import type { LockStatistics } from '../../channels/statistics.ts';
import { currentOrRoot } from '../../runtime/context.ts';
import { announce, identify } from '../../runtime/resource.ts';
import { checkCount, checkFunction, checkName, checkOptions } from '../arguments.ts';
import { describeLocked, describeState } from '../describe.ts';
import { Permits, type Permit } from './permits.ts';
import { noOptions, type WaitOptions } from '../waiter.ts';

export interface SemaphoreOptions {
  /** What reports, spans and metrics call it. Default `semaphore`. */
  readonly name?: string;
}

/**
 * A number of permits, handed out first come first served.
 * @example
 * const limit = new Semaphore(10, { name: 'downloads' });
 * await Promise.all(urls.map((url) => limit.run(() => fetch(url))));
 */
export class Semaphore implements ResourceRecord {
  readonly kind = 'semaphore';
  readonly name: string;
  readonly id: number;
  readonly createdAt: number;
  readonly site: Site | null;
  readonly #permits: Permits;

  /** @param permits how many there are: a whole number of at least 0, or Infinity */
  constructor(permits: number, options: SemaphoreOptions = {}) {
    checkCount(permits, 'permits', 0);
    checkOptions(options);
    const { name } = options;
    this.name = checkName(name, 'semaphore');
    ({ id: this.id, createdAt: this.createdAt, site: this.site } = identify(this.name));
    this.#permits = new Permits(this, permits);
    announce(this);
  }

  /** True if the next `acquire` would wait. */
  get locked(): boolean {
    return this.#permits.free === 0;
  }

  /** How many permits nobody holds. */
  get free(): number {
    return this.#permits.free;
  }

  /** Waits for a permit. Rejects with the signal's reason, a TimeoutError or a CancelledError. */
  acquire(options: WaitOptions = noOptions): Promise<Permit> {
    return this.#permits.acquire(options);
  }

  /** Takes a permit if one is free now; null if not. */
  tryAcquire(): Permit | null {
    return this.#permits.tryAcquire();
  }

  /**
   * Gives a permit back: one that this task holds; else the oldest that is held; and if none is, there is one permit
   * more than before, as in asyncio.
   */
  release(): void {
    const permits = this.#permits;
    const permit = permits.heldBy(currentOrRoot()) ?? permits.holders.first;
    if (permit !== null) {
      permit.release();
      return;
    }
    permits.free++;
    permits.handOut();
  }

  /** Calls a function while holding a permit, at once if there is one. */
  run<Value>(run: () => Value | PromiseLike<Value>, options: WaitOptions = noOptions): Promise<Value> {
    checkFunction(run, 'the function to run under a semaphore');
    return this.#permits.run(run, options);
  }

  statistics(): LockStatistics {
    const { holders, waiters, free } = this.#permits;
    return Object.freeze({
      kind: 'semaphore',
      permits: free === Infinity ? null : free + holders.size,
      held: holders.size,
      waiters: waiters.size,
    });
  }

  holders(): Iterable<Hold> {
    return this.#permits.holders;
  }

  /** `<Semaphore downloads locked, waiters: 3>`, `<Semaphore downloads unlocked, free: 2>` */
  [inspect.custom](): string {
    const { free, waiters } = this.#permits;
    const { name } = this.constructor;
    return free === 0
      ? describeLocked(name, this.name, true, waiters.size)
      : describeState(name, this.name, `unlocked, free: ${free}`, waiters.size);
  }
}
