// A lock: one holder at a time, and everybody can see who.
import { inspect } from 'node:util';
import type { Hold, ResourceRecord } from '../../channels/resource.ts';
import type { Site } from '../../channels/site.ts';
import type { LockStatistics } from '../../channels/statistics.ts';
import type { TaskRecord } from '../../channels/task.ts';
import { NotHolderError } from '../../errors.ts';
import { currentOrRoot } from '../../runtime/context.ts';
import { announce, identify } from '../../runtime/resource.ts';
import { checkFunction, checkName, checkOptions } from '../arguments.ts';
import { describeLocked } from '../describe.ts';
import { isHeldBy, Permits, type Permit } from './permits.ts';
import { noOptions, type WaitOptions } from '../waiter.ts';

export interface LockOptions {
  /** What reports, spans and metrics call it. Default `lock`. */
  readonly name?: string;
}

/**
 * Mutual exclusion, first come first served, not reentrant: a task that acquires a lock which it holds waits for itself.
 * @example
 * const lock = new Lock({ name: 'accounts' });
 * await lock.run(async () => transfer());      // or: using permit = await lock.acquire();
 */
export class Lock implements ResourceRecord {
  readonly kind = 'lock';
  readonly name: string;
  readonly id: number;
  readonly createdAt: number;
  readonly site: Site | null;
  readonly #permits: Permits;

  constructor(options: LockOptions = {}) {
    checkOptions(options);
    const { name } = options;
    this.name = checkName(name, 'lock');
    ({ id: this.id, createdAt: this.createdAt, site: this.site } = identify(this.name));
    this.#permits = new Permits(this, 1);
    announce(this);
  }

  get locked(): boolean {
    return this.#permits.free === 0;
  }

  /** Who holds it; null if nobody does, the root task (id 0) if it was acquired outside of all tasks. */
  get holder(): TaskRecord | null {
    return this.#permits.holders.first?.task ?? null;
  }

  /** Waits until the lock is free and takes it. Rejects with the signal's reason, a TimeoutError or a CancelledError. */
  acquire(options: WaitOptions = noOptions): Promise<Permit> {
    return this.#permits.acquire(options);
  }

  /** Takes the lock if it is free now; null if not. */
  tryAcquire(): Permit | null {
    return this.#permits.tryAcquire();
  }

  /**
   * Gives back what this task acquired.
   * @throws NotHolderError if another task holds the lock, or nobody
   */
  release(): void {
    this.permitOfCaller(`lock ${this.name} is released`).release();
  }

  /** Calls a function while holding the lock, at once if it is free. */
  run<Value>(run: () => Value | PromiseLike<Value>, options: WaitOptions = noOptions): Promise<Value> {
    checkFunction(run, 'the function to run under a lock');
    return this.#permits.run(run, options);
  }

  statistics(): LockStatistics {
    const { holders, waiters } = this.#permits;
    return Object.freeze({ kind: 'lock', permits: 1, held: holders.size, waiters: waiters.size });
  }

  holders(): Iterable<Hold> {
    return this.#permits.holders;
  }

  /**
   * For conditions: the permit that this task holds.
   * @param what is done, as the error says it: `lock stock is released`
   * @throws NotHolderError if another task holds the lock, or nobody
   * @internal
   */
  permitOfCaller(what: string): Permit {
    const { first } = this.#permits.holders;
    const task = currentOrRoot();
    if (first === null) throw new NotHolderError(`${what}, but nobody holds ${this.#itself(what)}`, null);
    if (isHeldBy(first, task)) return first;
    const { origin, id } = first.task;
    throw new NotHolderError(
      `${what} by ${task.origin.name} #${task.id}, but ${origin.name} #${id} holds ${this.#itself(what)}`,
      first.task,
    );
  }

  /**
   * For conditions: waits to hold the lock again with the same permit. Nothing ends this wait.
   * @internal
   */
  takeAgain(permit: Permit): Promise<Permit> {
    return this.#permits.takeAgain(permit);
  }

  /** `<Lock stock locked, waiters: 3>` */
  [inspect.custom](): string {
    return describeLocked('Lock', this.name, this.locked, this.#permits.waiters.size);
  }

  #itself(what: string): string {
    return what.startsWith('lock ') ? 'it' : `lock ${this.name}`;
  }
}
