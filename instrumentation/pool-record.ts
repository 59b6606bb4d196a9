// What is known of a foreign pool: who borrowed what and where, who waits, and what was made and destroyed.
import { poolCreated } from '../src/channels/resource.ts';
import type { Hold } from '../src/channels/resource.ts';
import type { PoolStatistics } from '../src/channels/statistics.ts';
import type { WaitRecord } from '../src/channels/wait.ts';
import { outcomeOf } from '../src/errors.ts';
import { CallSites } from '../src/runtime/call-site.ts';
import { now } from '../src/runtime/clock.ts';
import { currentOrRoot, rootTask } from '../src/runtime/context.ts';
import type { Identity } from '../src/runtime/resource.ts';
import { park, unpark } from '../src/runtime/wait.ts';
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

  constructor(name: string, identity: Identity, pool: Pool, read: (pool: Pool) => PoolReading) {
    this.resource = new WrappedResource<Pool, PoolStatistics>(name, identity, pool, (instance, record) => ({
      kind: 'pool',
      ...read(instance),
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
    const at = now();
    const ended = (error: unknown): void => {
      if (poolCreated.hasSubscribers) poolCreated.publish({ pool: this.resource, durationMs: now() - at, error });
    };
    void made.then(
      () => {
        this.#created++;
        guard(() => ended(undefined), undefined);
      },
      (error: unknown) => guard(() => ended(error ?? new Error('no reason was given')), undefined),
    );
  }

  destroying(): void {
    this.#destroyed++;
  }
}

/** One call that asks a pool for a resource. */
export class PoolCall {
  readonly #resource: JobResource;
  readonly #task = currentOrRoot();
  readonly #site;
  #wait: WaitRecord | null = null;
  #isOver = false;

  constructor(resource: JobResource) {
    this.#resource = resource;
    this.#site = sites.capture(this.#task === rootTask ? resource.name : this.#task.origin.name, now());
  }

  /** It was not served at once. */
  wait(milliseconds: number | null = null): void {
    if (this.#isOver || this.#wait !== null) return;
    this.#wait = park('acquire', this.#resource, null, milliseconds, this.#task, this.#site);
    this.#resource.waiters++;
  }

  /** Returns the loan, for `endHold`. */
  lend(): Hold {
    this.#end('fulfilled');
    return this.#resource.holds.begin(this.#task, this.#site);
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
