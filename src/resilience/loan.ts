// What a pool lends: a resource, until it is given back; and who has it, since when, and where it was asked for.
import type { Hold, ResourceRecord } from '../channels/resource.ts';
import type { Site } from '../channels/site.ts';
import type { TaskRecord } from '../channels/task.ts';
import { CallSites } from '../runtime/call-site.ts';
import { now } from '../runtime/clock.ts';
import { rootTask } from '../runtime/context.ts';
import type { Stocked } from './pool-stocked.ts';

const sites = new CallSites();

/** Takes a loan back. `isBroken`: its resource must not be lent again. */
export type TakeBack<Value> = (loan: Loan<Value>, isBroken: boolean) => void;

/**
 * What `acquire` of a pool resolves to: its `value`, until it is released. Release it in a `finally`, or let `using` or
 * `await using` do it.
 */
export class Loan<Value> implements Hold, Disposable, AsyncDisposable {
  /** The pool. */
  readonly resource: ResourceRecord;
  readonly task: TaskRecord;
  readonly since: number = now();
  readonly site: Site | null;
  previous: Loan<Value> | null = null;
  next: Loan<Value> | null = null;
  /** @internal */
  readonly stocked: Stocked<Value>;
  readonly #takeBack: TakeBack<Value>;

  /** @internal */
  constructor(
    pool: ResourceRecord,
    stocked: Stocked<Value>,
    task: TaskRecord,
    site: Site | null | undefined,
    takeBack: TakeBack<Value>,
  ) {
    this.resource = pool;
    this.stocked = stocked;
    this.task = task;
    this.site = site === undefined ? sites.capture(task === rootTask ? pool.name : task.origin.name, this.since) : site;
    this.#takeBack = takeBack;
  }

  get number(): number {
    return this.stocked.number;
  }

  /** What was lent. Not to be used after it was given back. */
  get value(): Value {
    return this.stocked.value;
  }

  /** Gives it back. Further calls do nothing. */
  release(): void {
    this.#takeBack(this, false);
  }

  /** Gives it back as broken: it is destroyed, and another takes its place. Does nothing once it was given back. */
  destroy(): void {
    this.#takeBack(this, true);
  }

  [Symbol.dispose](): void {
    this.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.release();
  }
}
