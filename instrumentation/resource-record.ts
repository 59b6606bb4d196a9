// What is known of a foreign breaker, limiter, pool or executor: its state is read when somebody asks; who waits and who
// holds is kept here.
import type { Hold, ResourceRecord } from '../src/channels/resource.ts';
import type { Site } from '../src/channels/site.ts';
import type { ResourceStatistics } from '../src/channels/statistics.ts';
import type { WaitRecord } from '../src/channels/wait.ts';
import { outcomeOf } from '../src/errors.ts';
import { announce, type Identity } from '../src/runtime/resource.ts';
import { park, unpark } from '../src/runtime/wait.ts';
import { Holds, type HeldResource } from './hold-record.ts';
import { callInTask, guard, runRecorded, type CallRecord, type Callable } from './record.ts';

/** A foreign resource. It knows the foreign object only weakly: what waits for it must not keep it. */
export class WrappedResource<Instance extends object, Statistics extends ResourceStatistics> implements HeldResource {
  readonly kind: Statistics['kind'];
  readonly name: string;
  readonly id: number;
  readonly createdAt: number;
  readonly site: Site | null;
  waiters = 0;
  /** Since it was made: what began, what ended, what ended with an error, what was refused. */
  started = 0;
  completed = 0;
  failed = 0;
  refused = 0;
  readonly #instance: WeakRef<Instance>;
  readonly #read: (instance: Instance, record: WrappedResource<Instance, Statistics>) => Statistics;
  readonly holds: Holds = new Holds(this);
  #last: Statistics;

  /** @param read its state now, in constant time; may throw */
  constructor(
    name: string,
    identity: Identity,
    instance: Instance,
    read: (instance: Instance, record: WrappedResource<Instance, Statistics>) => Statistics,
  ) {
    this.name = name;
    ({ id: this.id, createdAt: this.createdAt, site: this.site } = identity);
    this.#instance = new WeakRef(instance);
    this.#read = read;
    this.#last = Object.freeze(read(instance, this));
    this.kind = this.#last.kind;
    announce(this);
  }

  statistics(): Statistics {
    const instance = this.#instance.deref();
    if (instance !== undefined) {
      this.#last = guard(() => Object.freeze(this.#read(instance, this)), this.#last);
    }
    return this.#last;
  }

  holders(): Iterable<Hold> {
    return this.holds;
  }
}

/** What of a resource its jobs need. */
export type JobResource = Pick<
  WrappedResource<object, ResourceStatistics>,
  'waiters' | 'started' | 'completed' | 'failed' | 'holds'
> &
  ResourceRecord;

/** A function that was given to a limiter or executor: it waits until it is let in, and holds the resource while it runs. */
export class ResourceJob {
  readonly record: CallRecord;
  readonly #resource: JobResource;
  #wait: WaitRecord | null = null;
  #hold: Hold | null = null;

  /** @param record not started */
  constructor(resource: JobResource, record: CallRecord) {
    this.#resource = resource;
    this.record = record;
  }

  /** It was not let in at once. */
  wait(kind: 'acquire' | 'start', milliseconds: number | null = null): void {
    if (this.#wait !== null || this.#hold !== null || this.record.settlement !== null) return;
    const { record } = this;
    this.#wait = park(kind, this.#resource, null, milliseconds, record, record.origin.site);
    this.#resource.waiters++;
  }

  /** It is let in. */
  start(): void {
    const { record } = this;
    if (this.#hold !== null || record.settlement !== null) return;
    this.#stopWaiting('fulfilled');
    if (record.startedAt === null) record.start();
    this.#resource.started++;
    this.#hold = this.#resource.holds.begin(record, record.origin.site);
  }

  /** Runs the function that was let in. What it returns stays as it is: the library handles its rejection. */
  run(run: Callable, self: unknown, args: readonly unknown[]): unknown {
    guard(() => this.start(), undefined);
    return callInTask(this.record, run, self, args);
  }

  /** As `run`, and the end of the function is the end of the job. */
  runToEnd(run: Callable, self: unknown, args: readonly unknown[]): unknown {
    guard(() => this.start(), undefined);
    return runRecorded(this.record, run, self, args, (rejected, error) => this.end(rejected, error), true);
  }

  /** Further calls do nothing. */
  end(rejected: boolean, error?: unknown): void {
    if (this.record.settlement !== null) return;
    this.#stopWaiting(rejected ? outcomeOf(error) : 'fulfilled');
    if (this.#hold !== null) {
      this.#resource.holds.end(this.#hold);
      this.#resource.completed++;
      if (rejected) this.#resource.failed++;
    }
    this.record.settle(rejected, error);
  }

  #stopWaiting(outcome: ReturnType<typeof outcomeOf> | 'fulfilled'): void {
    if (this.#wait === null) return;
    this.#resource.waiters--;
    unpark(this.#wait, outcome);
    this.#wait = null;
  }
}
