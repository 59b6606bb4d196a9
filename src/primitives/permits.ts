// Permits that are handed out in order of asking: what Lock (one permit) and Semaphore (many) have in common.
import { holdEnded, holdStarted, type Hold, type ResourceRecord } from '../channels/resource.ts';
import type { Site } from '../channels/site.ts';
import type { TaskRecord } from '../channels/task.ts';
import { CallSites } from '../runtime/call-site.ts';
import { now } from '../runtime/clock.ts';
import { currentOrRoot, rootTask } from '../runtime/context.ts';
import { List } from '../runtime/list.ts';
import { throwIfEnded, Waiter, type WaitOptions } from './waiter.ts';

const holdSites = new CallSites();

/**
 * What `acquire` resolves to: the right to go on, until it is released. Release it in a `finally`, or let `using` do it.
 */
export class Permit implements Hold, Disposable {
  readonly resource: ResourceRecord;
  readonly task: TaskRecord;
  readonly since: number = now();
  readonly site: Site | null;
  previous: Permit | null = null;
  next: Permit | null = null;
  readonly #permits: Permits;

  constructor(permits: Permits, task: TaskRecord, site: Site | null | undefined) {
    this.#permits = permits;
    this.resource = permits.resource;
    this.task = task;
    this.site =
      site === undefined
        ? holdSites.capture(task === rootTask ? this.resource.name : task.origin.name, this.since)
        : site;
  }

  /** Gives the permit back. Further calls do nothing. */
  release(): void {
    this.#permits.release(this);
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

/** The permits of one resource, its holders and its line. */
export class Permits {
  readonly resource: ResourceRecord;
  readonly holders: List<Permit> = new List();
  readonly waiters: List<Waiter<Permit>> = new List();
  free: number;

  constructor(resource: ResourceRecord, permits: number) {
    this.resource = resource;
    this.free = permits;
  }

  /** A permit at once, or null if there is none free or others wait for one. */
  tryAcquire(): Permit | null {
    return this.free > 0 && this.waiters.size === 0 ? this.#grant(currentOrRoot(), undefined) : null;
  }

  acquire(options: WaitOptions): Promise<Permit> {
    try {
      throwIfEnded(options);
      const permit = this.tryAcquire();
      if (permit !== null) return Promise.resolve(permit);
      return new Waiter<Permit>('acquire', this.resource, undefined, options, this.waiters).promise;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Gives a permit back and hands it to the first in line. False if it was given back already. */
  release(permit: Permit): boolean {
    if (!this.holders.remove(permit)) return false;
    this.free++;
    if (holdEnded.hasSubscribers) holdEnded.publish(permit);
    this.handOut();
    return true;
  }

  /** Serves the line while there are free permits. */
  handOut(): void {
    while (this.free > 0) {
      const waiter = this.waiters.shift();
      if (waiter === null) return;
      waiter.resolve(this.#grant(waiter.record.task, waiter.record.site));
    }
  }

  /** The permit that the task got first among those it holds. */
  heldBy(task: TaskRecord): Permit | null {
    for (const permit of this.holders) if (permit.task === task) return permit;
    return null;
  }

  #grant(task: TaskRecord, site: Site | null | undefined): Permit {
    this.free--;
    const permit = new Permit(this, task, site);
    this.holders.push(permit);
    if (holdStarted.hasSubscribers) holdStarted.publish(permit);
    return permit;
  }
}

/** Runs a function with a permit, which is given back when it settles. */
export async function runWithPermit<Value>(
  permits: Permits,
  run: () => Value | PromiseLike<Value>,
  options: WaitOptions,
): Promise<Value> {
  const permit = await permits.acquire(options);
  try {
    return await run();
  } finally {
    permit.release();
  }
}
