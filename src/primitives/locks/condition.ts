// A condition: tasks wait, without holding its lock, until another has changed something and says so.
import { inspect } from 'node:util';
import type { Hold, ResourceRecord } from '../../channels/resource.ts';
import type { Site } from '../../channels/site.ts';
import type { ConditionStatistics } from '../../channels/statistics.ts';
import { ArgumentError, TimeoutError } from '../../errors.ts';
import { currentTask } from '../../runtime/context.ts';
import { List } from '../../runtime/list.ts';
import { announce, identify } from '../../runtime/resource.ts';
import { checkCount, checkFunction, checkName, checkOptions } from '../arguments.ts';
import { describeLocked } from '../describe.ts';
import { Lock } from './lock.ts';
import type { Permit } from './permits.ts';
import { startTimer } from '../timer.ts';
import { noOptions, throwIfEnded, Waiter, type WaitOptions } from '../waiter.ts';

export interface ConditionOptions {
  /** What reports, spans and metrics call it, and its lock if that is its own. Default `condition`. */
  readonly name?: string;
  /** The lock that protects what is waited for; several conditions may share it. Default: one of its own. */
  readonly lock?: Lock;
}

/** What a predicate returned when it was fulfilled. */
export type Truthy<Value> = Exclude<Value, false | 0 | 0n | '' | null | undefined>;

/**
 * Waiting for a change of what a lock protects, as asyncio's.
 * @example
 * const changed = new Condition({ name: 'stock' });
 * await changed.run(() => changed.waitFor(() => stock > 0));
 * await changed.run(() => { stock++; changed.notify(); });      // elsewhere
 */
export class Condition implements ResourceRecord {
  readonly kind = 'condition';
  readonly name: string;
  readonly id: number;
  readonly createdAt: number;
  readonly site: Site | null;
  /** What has to be held to wait and to notify. */
  readonly lock: Lock;
  readonly #waiters: List<Waiter<void>> = new List();

  constructor(options: ConditionOptions = {}) {
    checkOptions(options);
    const { name, lock } = options;
    this.name = checkName(name, 'condition');
    if (lock !== undefined && !(lock instanceof Lock)) throw new ArgumentError('lock must be a Lock of loopscope');
    this.lock = lock ?? new Lock({ name: this.name });
    ({ id: this.id, createdAt: this.createdAt, site: this.site } = identify(this.name));
    announce(this);
  }

  get locked(): boolean {
    return this.lock.locked;
  }

  /** Takes the lock. */
  acquire(options: WaitOptions = noOptions): Promise<Permit> {
    return this.lock.acquire(options);
  }

  /** Takes the lock if it is free now; null if not. */
  tryAcquire(): Permit | null {
    return this.lock.tryAcquire();
  }

  /**
   * Gives the lock back.
   * @throws NotHolderError if another task holds the lock, or nobody
   */
  release(): void {
    this.lock.release();
  }

  /** Calls a function while holding the lock. */
  run<Value>(run: () => Value | PromiseLike<Value>, options: WaitOptions = noOptions): Promise<Value> {
    return this.lock.run(run, options);
  }

  /**
   * Gives the lock back, waits to be notified, and takes the lock again: whatever the outcome, the caller holds it, with
   * the permit that it had. `signal` and `timeout` end the wait for the notification; the lock is waited for all the
   * same. A cancellation that comes after the notification hands the notification on to the next who waits.
   * Look again at what you wait for when it is over, or use `waitFor`. Rejects with a NotHolderError if the caller does not
   * hold the lock.
   */
  wait(options: WaitOptions = noOptions): Promise<void> {
    try {
      throwIfEnded(options);
      const permit = this.lock.permitOfCaller(`condition ${this.name} is waited for`);
      permit.release();
      const waiter = new Waiter<void>('wait', this, undefined, options, this.#waiters);
      const result = this.#takeAgain(waiter.promise, permit);
      waiter.result = result;
      return result;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Waits until a predicate, which is called with the lock held, returns something truthy, and returns that. Does not
   * wait if it does at once. `timeout` is for all of it.
   */
  async waitFor<Value>(
    predicate: () => Value | PromiseLike<Value>,
    options: WaitOptions = noOptions,
  ): Promise<Truthy<Value>> {
    checkFunction(predicate, 'the predicate of a condition');
    throwIfEnded(options);
    const { signal, timeout } = options;
    if (timeout === undefined) return this.#waitFor(predicate, options);
    const controller = new AbortController();
    const stop = startTimer(timeout, () =>
      controller.abort(new TimeoutError(`wait condition ${this.name}: timed out after ${timeout} ms`)),
    );
    try {
      return await this.#waitFor(predicate, {
        signal: signal === undefined ? controller.signal : AbortSignal.any([signal, controller.signal]),
      });
    } finally {
      stop();
    }
  }

  /**
   * Wakes so many of those who wait, in order of asking. They go on when they get the lock, so release it.
   * @param count default 1
   * @throws NotHolderError if the caller does not hold the lock
   */
  notify(count = 1): void {
    checkCount(count, 'count', 0);
    this.lock.permitOfCaller(`condition ${this.name} is notified`);
    this.#wake(count);
  }

  /**
   * Wakes all who wait.
   * @throws NotHolderError if the caller does not hold the lock
   */
  notifyAll(): void {
    this.notify(Infinity);
  }

  statistics(): ConditionStatistics {
    return Object.freeze({ kind: 'condition', waiters: this.#waiters.size });
  }

  /** Nobody holds a condition; who holds its lock stands there. */
  holders(): Iterable<Hold> {
    return [];
  }

  /** `<Condition stock unlocked, waiters: 2>` */
  [inspect.custom](): string {
    return describeLocked('Condition', this.name, this.locked, this.#waiters.size);
  }

  #wake(count: number): void {
    for (let woken = 0; woken < count; woken++) {
      const waiter = this.#waiters.shift();
      if (waiter === null) return;
      waiter.resolve();
    }
  }

  async #takeAgain(notified: Promise<void>, permit: Permit): Promise<void> {
    try {
      await notified;
    } catch (error) {
      await this.lock.takeAgain(permit);
      throw currentTask()?.takeCancellation?.() ?? error;
    }
    await this.lock.takeAgain(permit);
    const cancellation = currentTask()?.takeCancellation?.();
    if (cancellation === undefined) return;
    this.#wake(1);
    throw cancellation;
  }

  async #waitFor<Value>(predicate: () => Value | PromiseLike<Value>, options: WaitOptions): Promise<Truthy<Value>> {
    for (;;) {
      const value = await predicate();
      if (value) return value as Truthy<Value>;
      await this.wait(options);
    }
  }
}
