// A lock that many may hold for reading, or one for writing.
import { inspect } from 'node:util';
import type { Hold, LineEntry, ResourceRecord } from '../../channels/resource.ts';
import type { Site } from '../../channels/site.ts';
import type { RWLockStatistics } from '../../channels/statistics.ts';
import { announce, identify } from '../../runtime/resource.ts';
import { checkFunction, checkName, checkOptions } from '../arguments.ts';
import { describeState } from '../describe.ts';
import type { Permit } from './permits.ts';
import { ReadWritePermits } from './read-write-permits.ts';
import { noOptions, type WaitOptions } from '../waiter.ts';

export interface RWLockOptions {
  /** What reports, spans and metrics call it. Default `rwlock`. */
  readonly name?: string;
}

/**
 * Shared reading, exclusive writing, first come first served: a reader that comes after a writer waits for it, so neither
 * starves. Not reentrant: a task that holds it for reading and acquires it again may wait for a writer in between, which
 * waits for the task.
 * @example
 * const cache = new RWLock({ name: 'cache' });
 * const entry = await cache.runRead(() => lookUp(key));      // or: using permit = await cache.acquireRead();
 * await cache.runWrite(() => rebuild());
 */
export class RWLock implements ResourceRecord {
  readonly kind = 'rwlock';
  readonly name: string;
  readonly id: number;
  readonly createdAt: number;
  readonly site: Site | null;
  readonly #permits: ReadWritePermits;

  constructor(options: RWLockOptions = {}) {
    checkOptions(options);
    const { name } = options;
    this.name = checkName(name, 'rwlock');
    ({ id: this.id, createdAt: this.createdAt, site: this.site } = identify(this.name));
    this.#permits = new ReadWritePermits(this);
    announce(this);
  }

  /** Whether somebody holds it, for reading or for writing. */
  get locked(): boolean {
    return this.#permits.holders.size > 0;
  }

  /** Waits to read. Rejects with the signal's reason, a TimeoutError or a CancelledError. */
  acquireRead(options: WaitOptions = noOptions): Promise<Permit> {
    return this.#permits.acquire('read', options);
  }

  /** Waits to write. Rejects with the signal's reason, a TimeoutError or a CancelledError. */
  acquireWrite(options: WaitOptions = noOptions): Promise<Permit> {
    return this.#permits.acquire('write', options);
  }

  /** Takes it for reading if that needs no wait; null if it does. */
  tryAcquireRead(): Permit | null {
    return this.#permits.tryAcquire('read');
  }

  /** Takes it for writing if that needs no wait; null if it does. */
  tryAcquireWrite(): Permit | null {
    return this.#permits.tryAcquire('write');
  }

  /**
   * Gives back what this task acquired first.
   * @throws NotHolderError if it holds nothing; the error names who does
   */
  release(): void {
    this.#permits.permitOfCaller().release();
  }

  /** Calls a function while holding the lock for reading, at once if that needs no wait. */
  runRead<Value>(run: () => Value | PromiseLike<Value>, options: WaitOptions = noOptions): Promise<Value> {
    checkFunction(run, 'the function to run under a lock');
    return this.#permits.run('read', run, options);
  }

  /** Calls a function while holding the lock for writing, at once if that needs no wait. */
  runWrite<Value>(run: () => Value | PromiseLike<Value>, options: WaitOptions = noOptions): Promise<Value> {
    checkFunction(run, 'the function to run under a lock');
    return this.#permits.run('write', run, options);
  }

  statistics(): RWLockStatistics {
    const { holders, hasWriter, waiters, waitingWriters } = this.#permits;
    return Object.freeze({
      kind: 'rwlock',
      readers: hasWriter ? 0 : holders.size,
      writers: hasWriter ? 1 : 0,
      waitingReaders: waiters.size - waitingWriters,
      waitingWriters,
    });
  }

  holders(): Iterable<Hold> {
    return this.#permits.holders;
  }

  line(): Iterable<LineEntry> {
    return this.#permits.line();
  }

  /** `<RWLock cache locked, readers: 2, waiters: 1>`, `<RWLock cache locked, writers: 1>` */
  [inspect.custom](): string {
    const { holders, hasWriter, waiters } = this.#permits;
    const state = holders.size === 0 ? 'unlocked' : `locked, ${hasWriter ? 'writers' : 'readers'}: ${holders.size}`;
    return describeState('RWLock', this.name, state, waiters.size);
  }
}
