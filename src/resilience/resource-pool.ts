// A pool of resources that are dear to make, such as connections: lent one by one, first come first served. Ours, because
// who borrowed, since when and where, and who waits for that, is what it is about.
import { holdEnded, holdStarted, type ResourceRecord } from '../channels/resource.ts';
import type { Site } from '../channels/site.ts';
import type { PoolStatistics } from '../channels/statistics.ts';
import type { TaskRecord } from '../channels/task.ts';
import { StateError, TimeoutError } from '../errors.ts';
import { checkFunction, checkName, checkNumber, checkOptions } from '../primitives/arguments.ts';
import { noOptions, throwIfEnded, Waiter, type Line, type WaitOptions } from '../primitives/waiter.ts';
import { now } from '../runtime/clock.ts';
import { currentOrRoot } from '../runtime/context.ts';
import { List } from '../runtime/list.ts';
import { onRunEnd } from '../runtime/run-end.ts';
import { announce, identify } from '../runtime/resource.ts';
import { Loan, type TakeBack } from './loan.ts';
import { poolSettings, type PoolSettings, type ResourcePoolOptions } from './pool-options.ts';
import { Stock } from './pool-stock.ts';
import type { Stocked } from './pool-stocked.ts';

/** How a pool is closed. */
export interface CloseOptions extends WaitOptions {
  /** True: who waits is refused, and what is being made or run is given up. Default false: all that was asked for is done. */
  readonly immediate?: boolean;
}

/**
 * Lends resources.
 * @example
 * const pool = new ResourcePool({ name: 'database', create: () => connect(url), destroy: (c) => c.end(), max: 20 });
 * const rows = await pool.run((connection) => connection.query(sql));
 * // or: using loan = await pool.acquire(); await loan.value.query(sql);
 */
export class ResourcePool<Value> implements ResourceRecord, AsyncDisposable {
  readonly kind = 'pool';
  readonly name: string;
  readonly id: number;
  readonly createdAt: number;
  readonly site: Site | null;
  readonly #settings: PoolSettings<Value>;
  readonly #timeout: number | null;
  readonly #stock: Stock<Value>;
  readonly #loans: List<Loan<Value>> = new List();
  readonly #waiters: List<Waiter<Loan<Value>>> = new List();
  readonly #line: Line<Waiter<Loan<Value>>> = {
    push: (waiter) => this.#waiters.push(waiter),
    remove: (waiter) => {
      const stood = this.#waiters.remove(waiter);
      if (this.#waiters.size === 0) this.#stock.keepAlive(false); // nobody waits for the next try
      return stood;
    },
  };
  readonly #closers: List<Waiter<void>> = new List();
  readonly #takeBack: TakeBack<Value> = (loan, isBroken) => this.#receive(loan, isBroken);
  readonly #forgetRun: () => void;
  #isClosed = false;
  #isSupplying = false;

  /** @throws ArgumentError if an option is of the wrong type or out of range */
  constructor(options: ResourcePoolOptions<Value>) {
    this.#settings = poolSettings(options);
    this.#timeout = options.timeout ?? null;
    this.name = checkName(options.name, 'pool');
    ({ id: this.id, createdAt: this.createdAt, site: this.site } = identify(this.name));
    this.#stock = new Stock(this, this.#settings, {
      ready: (stocked) => this.#give(stocked),
      failed: (error) => this.#tell(error),
      changed: () => this.#supply(),
    });
    announce(this);
    this.#forgetRun = onRunEnd(() => this.#endWithRun());
    this.#supply();
  }

  /**
   * Borrows a resource, once there is one. Rejects with what `create` failed with if it is the caller's turn, with a
   * TimeoutError, the signal's reason or a CancelledError, and with a StateError once the pool is closed.
   */
  acquire(options: WaitOptions = noOptions): Promise<Loan<Value>> {
    try {
      throwIfEnded(options);
      if (this.#isClosed) throw this.#closedError();
      if (this.#waiters.size === 0) {
        const stocked = this.#stock.take();
        if (stocked !== null) return Promise.resolve(this.#lend(stocked, currentOrRoot(), undefined));
      }
      return this.#wait(options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Borrows a resource for as long as a function runs. */
  async run<Result>(
    run: (value: Value) => Result | PromiseLike<Result>,
    options: WaitOptions = noOptions,
  ): Promise<Result> {
    checkFunction(run, 'the function to run with a resource');
    const loan = await this.acquire(options);
    try {
      return await run(loan.value);
    } finally {
      loan.release();
    }
  }

  /**
   * Loans that look forgotten, oldest first: whose task has settled, or that were borrowed more than so long ago.
   * @param options `olderThan` in milliseconds. Default Infinity: only those whose task has settled
   */
  leaks(options: { readonly olderThan?: number } = {}): readonly Loan<Value>[] {
    checkOptions(options);
    const { olderThan = Infinity } = options;
    checkNumber(olderThan, 'olderThan', 0);
    const at = now();
    return Array.from(this.#loans).filter(({ task, since }) => task.settlement !== null || at - since > olderThan);
  }

  /**
   * Closes the pool: nothing more is lent to those who ask from now on. Those who wait are served still, unless it is
   * `immediate`. Resolves when everything was given back and destroyed.
   */
  close(options: CloseOptions = noOptions): Promise<void> {
    try {
      throwIfEnded(options);
      this.#refuse(options.immediate === true);
      if (this.#stock.isEmpty) return Promise.resolve();
      return new Waiter<void>('join', this, undefined, options, this.#closers).promise;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  statistics(): PoolStatistics {
    const { min, max } = this.#settings;
    const { idle, pending, created, destroyed } = this.#stock;
    return Object.freeze({
      kind: 'pool',
      least: min,
      most: max === Infinity ? null : max,
      borrowed: this.#loans.size,
      idle: idle.size,
      pending,
      waiters: this.#waiters.size,
      created,
      destroyed,
    });
  }

  holders(): Iterable<Loan<Value>> {
    return this.#loans;
  }

  /** What was never given back is not waited for. */
  async #endWithRun(): Promise<void> {
    this.#refuse(true);
    if (this.#loans.size === 0) await this.close();
  }

  #refuse(immediate: boolean): void {
    this.#isClosed = true;
    this.#forgetRun();
    if (immediate) {
      const error = this.#closedError();
      for (const waiter of this.#waiters) waiter.reject(error, 'cancelled');
      this.#stock.giveUp(error);
    }
    this.#supply();
  }

  #wait(options: WaitOptions): Promise<Loan<Value>> {
    const { signal, timeout = this.#timeout } = options;
    const signalOnly = signal === undefined ? noOptions : { signal };
    const waiter = new Waiter<Loan<Value>>('acquire', this, undefined, signalOnly, this.#line, timeout);
    if (timeout !== null) waiter.after(timeout, () => waiter.reject(this.#timeoutError(timeout)));
    this.#supply();
    return waiter.promise;
  }

  #timeoutError(timeout: number): TimeoutError {
    const { lastError } = this.#stock;
    const after = `acquire pool ${this.name}: timed out after ${timeout} ms`;
    if (lastError === undefined) return new TimeoutError(after);
    const reason = lastError instanceof Error ? lastError.message : typeof lastError;
    return new TimeoutError(`${after}; create failed last with: ${reason}`, { cause: lastError });
  }

  #lend(stocked: Stocked<Value>, task: TaskRecord, site: Site | null | undefined): Loan<Value> {
    const loan = new Loan(this, stocked, task, site, this.#takeBack);
    this.#loans.push(loan);
    if (holdStarted.hasSubscribers) holdStarted.publish(loan);
    return loan;
  }

  #receive(loan: Loan<Value>, isBroken: boolean): void {
    if (!this.#loans.remove(loan)) return;
    if (holdEnded.hasSubscribers) holdEnded.publish(loan);
    const { stocked } = loan;
    if (isBroken || stocked.isExpired) this.#stock.end(stocked);
    else this.#give(stocked);
  }

  /** Hands a resource to the first in line. */
  #give(stocked: Stocked<Value>): void {
    const waiter = this.#waiters.shift();
    if (waiter !== null) waiter.resolve(this.#lend(stocked, waiter.task, waiter.site));
    else if (this.#isClosed) this.#stock.end(stocked);
    else this.#stock.keep(stocked);
  }

  /** Tells the first in line that nothing could be made; all of them, if there is nothing that could come back. */
  #tell(error: unknown): boolean {
    const first = this.#waiters.shift();
    first?.reject(error);
    if (this.#stock.isEmpty) for (const waiter of this.#waiters) waiter.reject(error);
    return first !== null;
  }

  /** Sees to it that there is one on its way for everybody in line, and for the least that is to be kept. */
  #supply(): void {
    if (this.#isSupplying) return; // what changes meanwhile is seen by the steps that follow
    this.#isSupplying = true;
    const stock = this.#stock;
    try {
      while (this.#waiters.size > stock.pending && stock.idle.size > 0) {
        const stocked = stock.take();
        if (stocked !== null) this.#give(stocked);
      }
      stock.make(this.#waiters.size, this.#isClosed ? 0 : this.#settings.min);
      if (this.#isClosed && this.#waiters.size === 0) {
        stock.rest();
        stock.endAllIdle();
      }
    } finally {
      this.#isSupplying = false;
    }
    if (this.#isClosed && stock.isEmpty) for (const closer of this.#closers) closer.resolve();
  }

  #closedError(): StateError {
    return new StateError(`pool ${this.name} is closed`);
  }
}
