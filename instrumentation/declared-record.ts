// What is known of a lock, semaphore or queue whose author declares it.
import { queuePut, queueTaken, type Hold } from '../src/channels/resource.ts';
import type { Site } from '../src/channels/site.ts';
import type { LockStatistics, QueueStatistics } from '../src/channels/statistics.ts';
import type { Outcome, TaskRecord } from '../src/channels/task.ts';
import type { WaitKind } from '../src/channels/wait.ts';
import { currentOrRoot } from '../src/runtime/context.ts';
import { announce, identify } from '../src/runtime/resource.ts';
import { park, unpark } from '../src/runtime/wait.ts';
import { Holds, type HeldResource } from './hold-record.ts';

/** What the author says of it. */
interface Declaration {
  readonly kind: 'lock' | 'semaphore' | 'queue';
  /** How many may hold it, or how much is in it at most; null where that is not known. */
  readonly limit: number | null;
  readonly depth: (() => number) | null;
}

export class DeclaredRecord implements HeldResource {
  readonly kind: 'lock' | 'semaphore' | 'queue';
  readonly name: string;
  readonly id: number;
  readonly createdAt: number;
  readonly site: Site | null;
  lastTaker: TaskRecord | null = null;
  readonly #declaration: Declaration;
  readonly holds: Holds = new Holds(this);
  #put = 0;
  #taken = 0;
  #waiting: Partial<Record<WaitKind, number>> = {};

  constructor(name: string, declaration: Declaration) {
    this.name = name;
    this.kind = declaration.kind;
    this.#declaration = declaration;
    ({ id: this.id, createdAt: this.createdAt, site: this.site } = identify(name));
    announce(this);
  }

  /** The current task waits; returns what ends that. */
  wait(kind: WaitKind): (outcome: Outcome) => void {
    const wait = park(kind, this);
    this.#count(kind, 1);
    let isOver = false;
    return (outcome) => {
      if (isOver) return;
      isOver = true;
      this.#count(kind, -1);
      unpark(wait, outcome);
    };
  }

  /** The current task holds it; returns what ends that. */
  hold(site: Site | null): () => void {
    const hold = this.holds.begin(currentOrRoot(), site);
    return () => this.holds.end(hold);
  }

  put(): void {
    this.#put++;
    if (queuePut.hasSubscribers) queuePut.publish({ queue: this, item: this.#put, task: currentOrRoot() });
  }

  take(): void {
    this.#taken++;
    this.lastTaker = currentOrRoot();
    if (queueTaken.hasSubscribers) queueTaken.publish({ queue: this, item: this.#taken, task: this.lastTaker });
  }

  statistics(): LockStatistics | QueueStatistics {
    const { kind, limit } = this.#declaration;
    const { put = 0, get = 0, acquire = 0 } = this.#waiting;
    if (kind !== 'queue') {
      return Object.freeze({ kind, permits: limit, held: this.holds.size, waiters: acquire + put + get });
    }
    const depth = this.#depth();
    return Object.freeze({
      kind,
      depth,
      capacity: limit,
      putters: put,
      getters: get,
      unfinished: Math.max(depth ?? 0, this.holds.size),
      put: this.#put,
      taken: this.#taken,
    });
  }

  holders(): Iterable<Hold> {
    return this.holds;
  }

  #count(kind: WaitKind, by: number): void {
    this.#waiting[kind] = (this.#waiting[kind] ?? 0) + by;
  }

  /** Without a function that knows: what was put and not taken. */
  #depth(): number | null {
    try {
      return this.#declaration.depth?.() ?? Math.max(0, this.#put - this.#taken);
    } catch {
      return null; // the author's function: a report does without
    }
  }
}
