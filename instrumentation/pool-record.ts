// What is known of a foreign pool: who borrowed what and where, who waits, and what was made and destroyed.
import { poolCreated, type Hold } from '../src/channels/resource.ts';
import type { Site } from '../src/channels/site.ts';
import type { PoolStatistics } from '../src/channels/statistics.ts';
import type { TaskRecord } from '../src/channels/task.ts';
import type { WaitRecord } from '../src/channels/wait.ts';
import { outcomeOf } from '../src/errors.ts';
import { CallSites } from '../src/runtime/call-site.ts';
import { now } from '../src/runtime/clock.ts';
import type { Identity } from '../src/runtime/resource.ts';
import { park, unpark } from '../src/runtime/wait.ts';
import { callerNow, type Caller } from './caller-record.ts';
import { endHold } from './hold-record.ts';
import { guard } from './record.ts';
import { WrappedResource, type JobResource } from './resource-record.ts';

const sites = new CallSites();

/** What the foreign object says of itself; all else is counted here. */
export type PoolReading = Pick<PoolStatistics, 'least' | 'most' | 'borrowed' | 'idle' | 'pending'>;

/** A foreign pool. */
export class WrappedPool<Pool extends object> {
  readonly resource: WrappedResource<Pool, PoolStatistics>;
  #created = 0;
  #destroyed = 0;

  /** @param read with the number of loans that are known here */
  constructor(name: string, identity: Identity, pool: Pool, read: (pool: Pool, lent: number) => PoolReading) {
    this.resource = new WrappedResource<Pool, PoolStatistics>(name, identity, pool, (instance, record) => ({
      kind: 'pool',
      ...read(instance, record.holds.size),
      waiters: record.waiters,
      created: this.#created,
      destroyed: this.#destroyed,
    }));
  }

  /** Somebody asks for a resource now. */
  ask(): PoolCall {
    return new PoolCall(this.resource);
  }

  /** A resource is being made. The promise stays as it is: the pool handles it. */
  creating(made: PromiseLike<unknown>): void {
    const end = this.making();
    void made.then(
      () => guard(() => end(), undefined),
      (error: unknown) => guard(() => end(error ?? new Error('no reason was given')), undefined),
    );
  }

  /** A resource is being made. Returns what to call when it is made, or with the error if it is not. */
  making(): (error?: unknown) => void {
    const at = now();
    return (error) => {
      if (error === undefined) this.#created++;
      if (poolCreated.hasSubscribers) poolCreated.publish({ pool: this.resource, durationMs: now() - at, error });
    };
  }

  destroying(): void {
    this.#destroyed++;
  }
}

/** Who has which resource, for a pool that tells only what is given back. */
export class Loans<Pool extends object> {
  readonly pool: WrappedPool<Pool>;
  readonly #holds: Map<unknown, Hold> = new Map();

  constructor(pool: WrappedPool<Pool>) {
    this.pool = pool;
  }

  lend(call: PoolCall, resource: unknown): void {
    this.release(resource); // a resource is lent once at a time, whatever was missed
    this.#holds.set(resource, call.lend());
  }

  /** Nothing happens if it is not lent. */
  release(resource: unknown): void {
    const hold = this.#holds.get(resource);
    this.#holds.delete(resource);
    if (hold !== undefined) endHold(hold);
  }

  releaseAll(): void {
    for (const resource of this.#holds.keys()) this.release(resource);
  }
}

/** One call that asks a pool for a resource. */
export class PoolCall implements Caller {
  readonly #resource: JobResource;
  readonly task: TaskRecord;
  readonly site: Site | null;
  #wait: WaitRecord | null = null;
  #isOver = false;

  constructor(resource: JobResource) {
    this.#resource = resource;
    const { task, site } = callerNow(sites, resource.name);
    this.task = task;
    this.site = site;
  }

  /** It was not served at once. */
  wait(milliseconds: number | null = null): void {
    if (this.#isOver || this.#wait !== null) return;
    this.#wait = park('acquire', this.#resource, null, milliseconds, this.task, this.site);
    this.#resource.waiters++;
  }

  /** Returns the loan, for `endHold`. */
  lend(): Hold {
    this.#end('fulfilled');
    return this.#resource.holds.begin(this.task, this.site);
  }

  fail(error: unknown): void {
    this.#end(outcomeOf(error));
  }

  #end(outcome: ReturnType<typeof outcomeOf> | 'fulfilled'): void {
    this.#isOver = true;
    if (this.#wait === null) return;
    this.#resource.waiters--;
    unpark(this.#wait, outcome);
    this.#wait = null;
  }
}
