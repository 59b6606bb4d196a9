// What is known of a foreign queue: the resource, and the jobs that were given to it.
import { queueDone, queuePut, queueTaken, type Hold, type ResourceRecord } from '../src/channels/resource.ts';
import type { Site } from '../src/channels/site.ts';
import type { QueueStatistics } from '../src/channels/statistics.ts';
import type { Outcome, TaskRecord } from '../src/channels/task.ts';
import type { WaitRecord } from '../src/channels/wait.ts';
import { CancelledError, outcomeOf } from '../src/errors.ts';
import { now } from '../src/runtime/clock.ts';
import { announce, identify, type Identity } from '../src/runtime/resource.ts';
import { park, unpark } from '../src/runtime/wait.ts';
import { CallRecord, callInTask, guard, runRecorded, type Callable } from './record.ts';

/** Where queues say how much is in them. A limiter is a function, and `length` of a function is something else. */
const depths = ['size', 'length', 'depth', 'pendingCount'];

const { setImmediate } = globalThis; // before anybody fakes it
const collected = new FinalizationRegistry<Job>((job) => job.drop());
let unwatched: { readonly run: object; readonly job: Job }[] = [];

/** A foreign queue. It knows the queue only weakly: jobs that wait in a queue which the program forgot must not keep it. */
export class WrappedQueue implements ResourceRecord {
  readonly kind = 'queue';
  readonly name: string;
  readonly id: number;
  readonly createdAt: number;
  readonly site: Site | null;
  lastTaker: TaskRecord | null = null;
  readonly waiting: Set<Job> = new Set();
  /** With the signal that the queue handed to the job, if it did. */
  readonly running: Map<Hold, AbortSignal | null> = new Map();
  /** Jobs that are not done. */
  unfinished = 0;
  readonly #capacity: number | null;
  readonly #queue: WeakRef<object>;
  readonly #isElsewhere: boolean;
  /** Whether the promises of jobs stay as they are: the queue handles them all. */
  readonly keepsPromises: boolean;
  #putters = 0;
  #getters = 0;
  #put = 0;
  #taken = 0;

  /** @param isElsewhere what is in it is not in this process, so that its depth is not known */
  constructor(name: string, capacity: number | null, queue: object, known?: Identity, isElsewhere = false) {
    this.name = name;
    this.#isElsewhere = isElsewhere;
    this.#capacity = capacity;
    this.#queue = new WeakRef(queue);
    ({ id: this.id, createdAt: this.createdAt, site: this.site } = known ?? identify(name));
    this.keepsPromises = known !== undefined;
    announce(this);
  }

  /** Counts an item that was put. */
  countPut(task: TaskRecord): void {
    this.#put++;
    if (queuePut.hasSubscribers) queuePut.publish({ queue: this, item: this.#put, task });
  }

  /** Counts an item that was taken, or a job that was started: then the task is the job. */
  countTaken(task: TaskRecord): void {
    this.#taken++;
    this.lastTaker = task;
    if (queueTaken.hasSubscribers) queueTaken.publish({ queue: this, item: this.#taken, task });
  }

  /** Tells that the work on an item that was taken has ended, however it did. */
  noteDone(task: TaskRecord): void {
    if (queueDone.hasSubscribers) queueDone.publish({ queue: this, task });
  }

  /** Counts who waits to put or get; returns what ends the wait. */
  parked(wait: WaitRecord): (outcome: Outcome) => void {
    const by = wait.kind === 'put' ? 1 : 0;
    this.#putters += by;
    this.#getters += 1 - by;
    return (outcome) => {
      this.#putters -= by;
      this.#getters -= 1 - by;
      unpark(wait, outcome);
    };
  }

  statistics(): QueueStatistics {
    // Of a queue that does not say, what is known is how many jobs wait.
    const depth = this.#isElsewhere ? null : (this.#depth() ?? (this.unfinished > 0 ? this.waiting.size : null));
    return Object.freeze({
      kind: 'queue',
      depth,
      capacity: this.#capacity,
      putters: this.#putters,
      getters: this.#getters,
      unfinished: Math.max(this.unfinished, depth ?? 0),
      put: this.#put,
      taken: this.#taken,
    });
  }

  /** The jobs that run. One whose signal the queue has aborted (p-queue, at a timeout) may go on, but not in its place. */
  *holders(): Iterable<Hold> {
    for (const [hold, signal] of this.running) if (signal?.aborted !== true) yield hold;
  }

  #depth(): number | null {
    return guard(() => {
      const queue = this.#queue.deref();
      if (queue === undefined) return null;
      for (const name of typeof queue === 'function' ? ['pendingCount'] : depths) {
        const value: unknown = Reflect.get(queue, name);
        const depth: unknown = typeof value === 'function' ? Reflect.apply(value, queue, []) : value;
        if (typeof depth === 'number' && depth >= 0) return depth;
      }
      return null;
    }, null);
  }
}

/** A function or an item that was given to a queue. */
export class Job {
  readonly #queue: WrappedQueue;
  readonly #record: CallRecord;
  /** Whether a callback is its end, rather than the end of its function. */
  readonly #endsByCallback: boolean;
  #wait: WaitRecord | null = null;
  #hold: Hold | null = null;
  #stopListening: (() => void) | null = null;

  constructor(queue: WrappedQueue, record: CallRecord, endsByCallback: boolean) {
    this.#queue = queue;
    this.#record = record;
    this.#endsByCallback = endsByCallback;
    queue.unfinished++;
    if (record.startedAt === null) queue.waiting.add(this);
  }

  /**
   * Waits from now on, unless it is running or done by now.
   * @param signal drops the job when it is aborted before the job has started
   * @returns whether the job can still be dropped
   */
  park(signal: AbortSignal | null): boolean {
    const record = this.#record;
    if (record.settlement !== null || this.#hold !== null) return false;
    const isItem = record.startedAt !== null;
    this.#wait = park(isItem ? 'join' : 'start', this.#queue, null, null, record, record.origin.site);
    if (signal === null) return true;
    // one that follows it: the program may count the listeners of its own
    const following = AbortSignal.any([signal]);
    const abort = (): void => this.drop(signal.reason);
    if (signal.aborted) abort();
    else following.addEventListener('abort', abort, { once: true });
    this.#stopListening = () => following.removeEventListener('abort', abort);
    return true;
  }

  /** The queue calls the function. */
  run(run: Callable, self: unknown, args: unknown[]): unknown {
    const job = guard(() => this.#start(signalOf(args[0])), null);
    if (job === null) return Reflect.apply(run, self, args);
    if (!job.#endsByCallback) {
      const { keepsPromises } = this.#queue;
      return runRecorded(job.#record, run, self, args, () => job.#leave('fulfilled', true), keepsPromises);
    }
    try {
      return callInTask(job.#record, run, self, args);
    } catch (error) {
      guard(() => job.end(true, error), undefined);
      throw error;
    }
  }

  /** The queue calls back: the item is done. */
  callBack(run: Callable, self: unknown, args: unknown[]): unknown {
    const [error] = args;
    guard(() => this.end(error !== undefined && error !== null && error !== false, error, true), undefined);
    return Reflect.apply(run, self, args);
  }

  /** The job will not start any more. Nothing happens if it has started already. */
  drop(reason: unknown = new CancelledError(`queue ${this.#queue.name} dropped the job before it started`)): void {
    if (this.#record.settlement === null && this.#hold === null) this.end(true, reason);
  }

  get isWaiting(): boolean {
    return this.#wait !== null;
  }

  /** @param worked whether the item was taken: an item with a callback is not seen to be */
  end(rejected: boolean, error?: unknown, worked = this.#hold !== null): void {
    this.#leave(rejected ? outcomeOf(error) : 'fulfilled', worked);
    this.#record.settle(rejected, error);
  }

  /** A function that is called once more, or after all, is a job of its own. */
  #start(signal: AbortSignal | null): Job {
    const record = this.#record;
    if (record.settlement !== null || this.#hold !== null) {
      const again = new CallRecord(record.origin, now(), record.parent, false);
      return new Job(this.#queue, again, false).#start(signal);
    }
    const { origin } = record;
    this.#stopWaiting('fulfilled');
    record.start();
    this.#hold = { resource: this.#queue, task: record, since: now(), site: origin.site };
    this.#queue.running.set(this.#hold, signal);
    this.#queue.countTaken(record);
    return this;
  }

  #stopWaiting(outcome: Outcome): void {
    this.#queue.waiting.delete(this);
    this.#stopListening?.();
    this.#stopListening = null;
    if (this.#wait === null) return;
    unpark(this.#wait, outcome);
    this.#wait = null;
  }

  /** @param outcome that of its wait, if it still waits */
  #leave(outcome: Outcome, worked: boolean): void {
    if (this.#record.settlement !== null) return;
    this.#stopWaiting(outcome);
    if (this.#hold !== null) this.#queue.running.delete(this.#hold);
    this.#queue.unfinished--;
    if (worked) this.#queue.noteDone(this.#record);
  }
}

/**
 * Drops a job once the function that was handed on for it is collected: then nobody can start it any more. To be watched
 * by the collector costs more than all the rest, and most jobs start within the turn: the others are watched after it.
 */
export function dropWithFunction(run: object, job: Job): void {
  if (unwatched.push({ run, job }) === 1) setImmediate(watch).unref();
}

function watch(): void {
  for (const { run, job } of unwatched) if (job.isWaiting) collected.register(run, job);
  unwatched = [];
}

/** The signal in an options object, if it is one. */
export function signalOf(options: unknown): AbortSignal | null {
  if (typeof options !== 'object' || options === null || !('signal' in options)) return null;
  return options.signal instanceof AbortSignal ? options.signal : null;
}
