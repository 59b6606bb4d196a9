// What is known of a foreign lock: one resource per key, who holds it, and the calls that ask for it.
import type { Hold } from '../src/channels/resource.ts';
import type { Site } from '../src/channels/site.ts';
import type { LockStatistics } from '../src/channels/statistics.ts';
import type { TaskRecord } from '../src/channels/task.ts';
import type { WaitRecord } from '../src/channels/wait.ts';
import { now } from '../src/runtime/clock.ts';
import { nextId } from '../src/runtime/context.ts';
import { announce, identify, type Identity } from '../src/runtime/resource.ts';
import { park, unpark } from '../src/runtime/wait.ts';
import { Holds, type HeldResource } from './hold-record.ts';

const keysKept = 1000;
const longestKey = 80;

/** A foreign lock or semaphore, or one key of it. */
export class WrappedLock implements HeldResource {
  readonly kind: 'lock' | 'semaphore';
  readonly name: string;
  readonly id: number;
  readonly createdAt: number;
  readonly site: Site | null;
  waiters = 0;
  readonly #permits: number | null;
  readonly holds: Holds = new Holds(this);

  constructor(name: string, kind: 'lock' | 'semaphore', permits: number | null, identity: Identity) {
    this.name = name;
    this.kind = kind;
    this.#permits = permits;
    ({ id: this.id, createdAt: this.createdAt, site: this.site } = identity);
    announce(this);
  }

  get isIdle(): boolean {
    return this.holds.size === 0 && this.waiters === 0;
  }

  /** For a release that does not say which hold it ends: that of the task, or the oldest. */
  endHoldOf(task: TaskRecord): void {
    let chosen: Hold | undefined;
    for (const hold of this.holds) {
      chosen ??= hold;
      if (hold.task !== task) continue;
      chosen = hold;
      break;
    }
    if (chosen !== undefined) this.holds.end(chosen);
  }

  statistics(): LockStatistics {
    return Object.freeze({ kind: this.kind, permits: this.#permits, held: this.holds.size, waiters: this.waiters });
  }

  holders(): Iterable<Hold> {
    return this.holds;
  }
}

/** A lock, and the locks that stand for its keys. */
export class LocksByKey {
  readonly #whole: WrappedLock;
  readonly #permits: number | null;
  readonly #byKey: Map<string, WrappedLock> = new Map();

  constructor(name: string, kind: 'lock' | 'semaphore', permits: number | null, identity: Identity = identify(name)) {
    this.#permits = permits;
    this.#whole = new WrappedLock(name, kind, permits, identity);
  }

  /** The lock that a call asks for. `index`: where its function is, -1 without one; what stands before it is a key. */
  of(args: readonly unknown[], index: number): WrappedLock {
    const [key] = args;
    if (index < 1 && (index === 0 || typeof key !== 'string')) return this.#whole;
    const name = String(key);
    let lock = this.#byKey.get(name);
    if (lock === undefined) {
      if (this.#byKey.size >= keysKept) this.#forgetIdle();
      if (this.#byKey.size >= keysKept) return this.#whole;
      const short = name.length > longestKey ? `${name.slice(0, longestKey)}…` : name;
      const { name: whole, kind, site } = this.#whole;
      const identity = { id: nextId(), createdAt: now(), site };
      lock = new WrappedLock(`${whole}[${short}]`, kind, this.#permits, identity);
      this.#byKey.set(name, lock);
    }
    return lock;
  }

  /** The lock that a release gives back: that of the key if somebody holds it, for what is released may be no key. */
  heldUnder(key: unknown): WrappedLock {
    const lock = typeof key === 'string' ? this.#byKey.get(key) : undefined;
    return lock === undefined || lock.isIdle ? this.#whole : lock;
  }

  #forgetIdle(): void {
    for (const [key, lock] of this.#byKey) if (lock.isIdle) this.#byKey.delete(key);
  }
}

/** One call that asks for a lock. */
export class LockCall {
  /** Whether it got the lock. */
  granted = false;
  readonly lock: WrappedLock;
  readonly task: TaskRecord;
  readonly #site: Site | null;
  #wait: WaitRecord | null = null;

  constructor(lock: WrappedLock, task: TaskRecord, site: Site | null) {
    this.lock = lock;
    this.task = task;
    this.#site = site;
  }

  wait(): void {
    this.#wait = park('acquire', this.lock, null, null, this.task, this.#site);
    this.lock.waiters++;
  }

  stopWaiting(): void {
    if (this.#wait === null) return;
    this.lock.waiters--;
    unpark(this.#wait);
    this.#wait = null;
  }

  grant(): Hold {
    this.granted = true;
    this.stopWaiting();
    return this.lock.holds.begin(this.task, this.#site);
  }
}
