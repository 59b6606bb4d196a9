// Permits that are handed out in order of asking: what Lock (one permit) and Semaphore (many) have in common.
import { holdEnded, holdStarted, type Hold, type ResourceRecord } from '../../channels/resource.ts';
import type { Site } from '../../channels/site.ts';
import type { TaskRecord } from '../../channels/task.ts';
import { CallSites } from '../../runtime/call-site.ts';
import { now } from '../../runtime/clock.ts';
import { currentOrRoot, rootTask } from '../../runtime/context.ts';
import { List } from '../../runtime/list.ts';
import { turnTime } from '../../runtime/turn-clock.ts';
import { throwIfEnded, uninterrupted, Waiter, type WaitOptions } from '../waiter.ts';

const holdSites = new CallSites();

/** Exact where somebody measures how long things are held. */
function holdTime(): number {
  return holdStarted.hasSubscribers || holdEnded.hasSubscribers ? now() : turnTime();
}

/** Who hands out permits and takes them back. */
interface Granter {
  readonly resource: ResourceRecord;
  release(permit: Permit): void;
}

/**
 * What `acquire` resolves to: the right to go on, until it is released. Release it in a `finally`, or let `using` do it.
 */
export class Permit implements Hold, Disposable {
  readonly task: TaskRecord;
  readonly site: Site | null;
  readonly mode: 'read' | 'write' | undefined;
  /** Since when it is held; anew after a wait for a condition. */
  since: number = holdTime();
  previous: Permit | null = null;
  next: Permit | null = null;
  readonly #permits: Granter;

  /**
   * Permits are made by what they are permits of.
   * @internal
   */
  constructor(permits: Granter, task: TaskRecord, site: Site | null | undefined, mode?: 'read' | 'write') {
    this.#permits = permits;
    this.task = task;
    this.site =
      site === undefined
        ? holdSites.capture(task === rootTask ? permits.resource.name : task.origin.name, this.since)
        : site;
    this.mode = mode;
  }

  get resource(): ResourceRecord {
    return this.#permits.resource;
  }

  /** Gives the permit back. Further calls do nothing. */
  release(): void {
    this.#permits.release(this);
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

/** A wait for a permit, with the one to use again where the waiter had it before. */
type PermitWaiter = Waiter<Permit, Permit | null>;

/** The permits of one resource, its holders and its line. */
export class Permits implements Granter {
  readonly resource: ResourceRecord;
  readonly holders: List<Permit> = new List();
  readonly waiters: List<PermitWaiter> = new List();
  free: number;

  constructor(resource: ResourceRecord, permits: number) {
    this.resource = resource;
    this.free = permits;
  }

  /** A permit at once, or null if there is none free or others wait for one. */
  tryAcquire(task: TaskRecord = currentOrRoot()): Permit | null {
    return this.free > 0 && this.waiters.size === 0 ? this.#grant(new Permit(this, task, undefined)) : null;
  }

  acquire(options: WaitOptions): Promise<Permit> {
    try {
      const task = throwIfEnded(options);
      const permit = this.tryAcquire(task);
      return permit === null ? this.#wait(options, null, task).promise : Promise.resolve(permit);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Calls a function with a permit, at once if there is one, and takes it back when the function has settled. */
  run<Value>(run: () => Value | PromiseLike<Value>, options: WaitOptions): Promise<Value> {
    try {
      const task = throwIfEnded(options);
      const permit = this.tryAcquire(task);
      if (permit !== null) return runHolding(permit, run);
      const waiter = this.#wait(options, null, task);
      const result = runAfter(waiter.promise, run);
      waiter.result = result;
      return result;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Waits, in line with all others and however long, to hold a permit again that was given back. */
  takeAgain(permit: Permit): Promise<Permit> {
    if (this.free > 0 && this.waiters.size === 0) {
      permit.since = holdTime();
      return Promise.resolve(this.#grant(permit));
    }
    return this.#wait(uninterrupted, permit, currentOrRoot()).promise;
  }

  /** Gives a permit back and hands it to the first in line. Nothing happens if it was given back already. */
  release(permit: Permit): void {
    if (!this.holders.remove(permit)) return;
    this.free++;
    if (holdEnded.hasSubscribers) holdEnded.publish(permit);
    this.handOut();
  }

  /** Serves the line while there are free permits. */
  handOut(): void {
    while (this.free > 0) {
      const waiter = this.waiters.shift();
      if (waiter === null) return;
      const { item, task, site } = waiter;
      if (item !== null) item.since = holdTime();
      waiter.resolve(this.#grant(item ?? new Permit(this, task, site)));
    }
  }

  /** The permit that the task got first among those it holds. */
  heldBy(task: TaskRecord): Permit | null {
    for (const permit of this.holders) if (isHeldBy(permit, task)) return permit;
    return null;
  }

  #wait(options: WaitOptions, again: Permit | null, task: TaskRecord): PermitWaiter {
    return new Waiter<Permit, Permit | null>(
      'acquire',
      this.resource,
      again,
      options,
      this.waiters,
      undefined,
      null,
      task,
    );
  }

  #grant(permit: Permit): Permit {
    this.free--;
    this.holders.push(permit);
    if (holdStarted.hasSubscribers) holdStarted.publish(permit);
    return permit;
  }
}

/** Whether what runs in this task holds the permit: what goes on there after it has settled waits outside of all tasks. */
export function isHeldBy(permit: Permit, task: TaskRecord): boolean {
  return permit.task === task || (permit.task === rootTask && task.settlement !== null);
}

/** Calls a function, and gives the permit back when it has settled. */
export async function runHolding<Value>(permit: Permit, run: () => Value | PromiseLike<Value>): Promise<Value> {
  try {
    return await run();
  } finally {
    permit.release();
  }
}

/** The same, once there is a permit. */
export async function runAfter<Value>(
  acquired: Promise<Permit>,
  run: () => Value | PromiseLike<Value>,
): Promise<Value> {
  const permit = await acquired;
  try {
    return await run();
  } finally {
    permit.release();
  }
}
