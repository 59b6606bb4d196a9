// The resources of a pool that nobody has borrowed: made, looked at, kept idle, ended. Timers alone decide on ages, so a
// clock that jumps ends nothing; none of them keeps the process alive but the one that somebody waits for.
import { poolCreated, type ResourceRecord } from '../channels/resource.ts';
import { TimeoutError } from '../errors.ts';
import { startTask, type Task } from '../primitives/tasks/task.ts';
import { now } from '../runtime/clock.ts';
import { List } from '../runtime/list.ts';
import type { PoolSettings } from './pool-options.ts';
import { Stocked } from './pool-stocked.ts';
import { limitOf, timer } from './pool-timer.ts';

/** What the stock tells the pool. */
export interface Demand<Value> {
  /** A resource can be lent. */
  readonly ready: (stocked: Stocked<Value>) => void;
  /** One could not be made. Returns whether somebody was told. */
  readonly failed: (error: unknown) => boolean;
  /** There may be room for a new one, or nothing left at all. */
  readonly changed: () => void;
}

interface Attempt {
  readonly task: Task<void>;
  over: boolean;
}

/** A look at a resource that takes its time. */
interface Check<Value> {
  readonly task: Task<boolean>;
  readonly stocked: Stocked<Value>;
}

export class Stock<Value> {
  readonly #pool: ResourceRecord;
  readonly #settings: PoolSettings<Value>;
  readonly #demand: Demand<Value>;
  readonly idle: List<Stocked<Value>> = new List();
  readonly #attempts = new Set<Attempt>();
  readonly #checks = new Set<Check<Value>>();
  /** All that are not destroyed, lent ones included; and how many of them are being destroyed. */
  living = 0;
  #ending = 0;
  created = 0;
  destroyed = 0;
  /** Failures of `create` since it last succeeded. */
  #failures = 0;
  #pause: NodeJS.Timeout | null = null;
  lastError: unknown;

  constructor(pool: ResourceRecord, settings: PoolSettings<Value>, demand: Demand<Value>) {
    this.#pool = pool;
    this.#settings = settings;
    this.#demand = demand;
  }

  /** How many will be ready, or not, without further calls. */
  get pending(): number {
    return this.#attempts.size + this.#checks.size;
  }

  get isEmpty(): boolean {
    return this.living + this.#attempts.size === 0;
  }

  /** An idle one that is good, the one last used first; null if there is none, or it has to be looked at first. */
  take(): Stocked<Value> | null {
    for (;;) {
      const stocked = this.idle.last;
      if (stocked === null) return null;
      this.idle.remove(stocked);
      stocked.isIdle = false;
      const verdict = this.#isGood(stocked);
      if (verdict === true) return stocked;
      if (verdict === false) this.end(stocked);
      else {
        this.#check(stocked, verdict);
        return null;
      }
    }
  }

  /** Keeps a resource until it is wanted. */
  keep(stocked: Stocked<Value>): void {
    stocked.isIdle = true;
    this.idle.push(stocked);
    const { idleTimeout } = this.#settings;
    if (idleTimeout === Infinity) return;
    if (stocked.idleTimer === null) stocked.idleTimer = timer(() => this.#endIdle(stocked), idleTimeout).unref();
    else stocked.idleTimer.refresh();
  }

  /** Makes as many as are wanted, and the least that is to be kept, as far as there is room; after a failure one at a time, and not before its time. */
  make(wanted: number, least: number): void {
    this.keepAlive(wanted > 0);
    if (this.#pause !== null) return;
    const most = this.#failures > 0 ? 1 : Infinity;
    while (this.#attempts.size < most && this.living + this.#attempts.size < this.#settings.max) {
      if (this.pending >= wanted && this.living - this.#ending + this.#attempts.size >= least) return;
      this.#attempt();
    }
  }

  /** Ends a resource that nobody has. */
  end(stocked: Stocked<Value>): void {
    if (stocked.isIdle) this.idle.remove(stocked);
    stocked.isIdle = false;
    if (stocked.idleTimer !== null) clearTimeout(stocked.idleTimer);
    if (stocked.lifeTimer !== null) clearTimeout(stocked.lifeTimer);
    this.#destroy(stocked.value);
  }

  endAllIdle(): void {
    for (let stocked = this.idle.first; stocked !== null; stocked = this.idle.first) this.end(stocked);
  }

  /** Whether somebody waits, and so for the next try. */
  keepAlive(isAwaited: boolean): void {
    if (isAwaited) this.#pause?.ref();
    else this.#pause?.unref();
  }

  /** Gives up what is being made, and what is being looked at. */
  giveUp(reason: unknown): void {
    for (const check of this.#checks) {
      this.#decide(check, false);
      check.task.cancel(reason);
    }
    for (const attempt of this.#attempts) {
      this.#finish(attempt);
      attempt.task.cancel(reason);
    }
  }

  /** Forgets to try again: nobody wants anything any more. */
  rest(): void {
    if (this.#pause !== null) clearTimeout(this.#pause);
    this.#pause = null;
  }

  #attempt(): void {
    const { create, createTimeout } = this.#settings;
    const since = now();
    // Not below who asked first: whoever is first in line when it is made gets it.
    const make = async ({ signal }: Task<void>): Promise<void> => {
      const value = await create({ signal });
      this.#publish(since, undefined);
      this.created++;
      this.living++;
      if (attempt.over) this.#destroy(value);
      else this.#made(attempt, value);
    };
    const task = startTask<void>('task', make, { name: `create ${this.#pool.name}`, eager: false }, null);
    const attempt: Attempt = { task, over: false };
    this.#attempts.add(attempt);
    const limit = limitOf(createTimeout, () => this.#timeOut(attempt, since));
    task.watch((rejected, error) => {
      clearTimeout(limit);
      if (rejected && this.#finish(attempt)) this.#failed(since, error);
    });
  }

  /** False if it was over already. */
  #finish(attempt: Attempt): boolean {
    attempt.over = true;
    return this.#attempts.delete(attempt);
  }

  #made(attempt: Attempt, value: Value): void {
    this.#finish(attempt);
    this.#failures = 0;
    const stocked = new Stocked(value, this.created);
    const { maxLifetime } = this.#settings;
    if (maxLifetime !== Infinity) stocked.lifeTimer = timer(() => this.#expire(stocked), maxLifetime).unref();
    this.#demand.ready(stocked);
    this.#demand.changed();
  }

  #timeOut(attempt: Attempt, since: number): void {
    const { createTimeout } = this.#settings;
    const error = new TimeoutError(`create of pool ${this.#pool.name}: timed out after ${createTimeout} ms`);
    if (this.#finish(attempt)) this.#failed(since, error);
    attempt.task.cancel(error);
  }

  #failed(since: number, error: unknown): void {
    this.#publish(since, error);
    this.lastError = error;
    const { delay, factor, maxDelay } = this.#settings.backoff;
    if (this.#pause === null) {
      const milliseconds = delay === 0 ? 0 : Math.min(maxDelay, delay * factor ** this.#failures);
      this.#failures++;
      this.#pause = timer(() => {
        this.#pause = null;
        this.#demand.changed();
      }, milliseconds).unref();
    }
    const wasFirst = this.#failures === 1;
    if (!this.#demand.failed(error) && wasFirst) this.#report(error, 'create');
    this.#demand.changed();
  }

  #publish(since: number, error: unknown): void {
    if (poolCreated.hasSubscribers) poolCreated.publish({ pool: this.#pool, durationMs: now() - since, error });
  }

  #isGood({ value }: Stocked<Value>): boolean | PromiseLike<boolean> {
    const { validate } = this.#settings;
    if (validate === null) return true;
    try {
      return validate(value);
    } catch (error) {
      this.#report(error, 'validate');
      return false;
    }
  }

  #check(stocked: Stocked<Value>, verdict: PromiseLike<boolean>): void {
    const { validateTimeout } = this.#settings;
    // A task, so that a look which takes for ever is seen.
    const task = startTask<boolean>('task', () => verdict, { name: `validate ${this.#pool.name}` }, null);
    const check: Check<Value> = { task, stocked };
    this.#checks.add(check);
    const fail = (error: unknown): void => {
      if (this.#checks.has(check)) this.#report(error, 'validate');
      this.#decide(check, false);
    };
    const limit = limitOf(validateTimeout, () => {
      const error = new TimeoutError(`validate of pool ${this.#pool.name}: timed out after ${validateTimeout} ms`);
      fail(error);
      task.cancel(error);
    });
    task.observe(
      (isGood) => {
        clearTimeout(limit);
        this.#decide(check, isGood);
      },
      (error: unknown) => {
        clearTimeout(limit);
        fail(error);
      },
    );
  }

  #decide(check: Check<Value>, isGood: boolean): void {
    if (!this.#checks.delete(check)) return; // it was decided before
    const { stocked } = check;
    if (isGood && !stocked.isExpired) this.#demand.ready(stocked);
    else this.end(stocked);
    this.#demand.changed();
  }

  #endIdle(stocked: Stocked<Value>): void {
    if (stocked.isIdle && this.living - this.#ending > this.#settings.min) this.end(stocked);
  }

  #expire(stocked: Stocked<Value>): void {
    stocked.isExpired = true;
    if (stocked.isIdle) this.end(stocked);
  }

  #destroy(value: Value): void {
    const { destroy } = this.#settings;
    this.#ending++;
    let ended: unknown = undefined;
    try {
      ended = destroy?.(value);
    } catch (error) {
      this.#report(error, 'destroy');
    }
    if (typeof ended !== 'object' || ended === null || !('then' in ended)) {
      this.#noteDestroyed();
      return;
    }
    // A task, so that an end which takes for ever is seen.
    startTask('task', () => ended, { name: `destroy ${this.#pool.name}` }, null).watch((rejected, error) => {
      if (rejected) this.#report(error, 'destroy');
      this.#noteDestroyed();
    });
  }

  /** An `onError` that throws must not cost the pool a place: that is an uncaught exception of its own. */
  #report(error: unknown, during: 'create' | 'validate' | 'destroy'): void {
    try {
      this.#settings.onError(error, during);
    } catch (thrown) {
      process.nextTick(() => {
        throw thrown;
      });
    }
  }

  #noteDestroyed(): void {
    this.#ending--;
    this.living--;
    this.destroyed++;
    this.#demand.changed();
  }
}
