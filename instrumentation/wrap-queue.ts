// Makes a queue or limiter visible that is not ours: who waits for a turn, what runs, what is in it.
import { types } from 'node:util';
import type { WaitKind } from '../src/channels/wait.ts';
import { CancelledError, outcomeOf } from '../src/errors.ts';
import { now } from '../src/runtime/clock.ts';
import { currentOrRoot, parentForNew } from '../src/runtime/context.ts';
import { originOf } from '../src/runtime/origin.ts';
import { park, unpark } from '../src/runtime/wait.ts';
import { checkCount, checkMethods, checkName, noteWrapped, patchMethods, wrapFunction } from './patch.ts';
import { dropWithFunction, Job, signalOf, WrappedQueue } from './queue-record.ts';
import { CallRecord, complainOnce, follow, guard, type Callable } from './record.ts';

export interface WrapQueueOptions {
  /** What reports, spans and metrics call it. Default: `queue`. */
  readonly name?: string;
  /** The most items that it takes, for the report. Default: not known. */
  readonly capacity?: number;
}

/** Where the first function is the job, whatever comes before it. */
const scheduling = ['add', 'schedule'];
/** Where a function is the job only if it comes first; behind an item it is called when the item is done. */
const putting = ['push', 'put', 'unshift', 'enqueue'];
const getting = ['get', 'take', 'shift', 'pop', 'dequeue'];
const clearing = ['clear', 'clearQueue'];

/** What was wrapped, and what was returned for it. */
const wrapped = new WeakMap<object, object>();

/**
 * Makes a queue visible: `queue` is returned, with its methods wrapped in place. A limiter that is a bare function
 * (p-limit) is returned as a function with the same members; what its `map` runs is not seen, because it cannot be replaced.
 *
 * A function that is given to `add`, `push`, `put`, `unshift`, `enqueue`, `schedule` or the limiter becomes a task of
 * kind `job`, below the task that gave it: it waits for its `start`, and while it runs it stands among the holders of the
 * queue. Given an item and a callback (fastq, async), the job lasts until the callback is called. For queues of items,
 * the promises of `put` and its like and of `get`, `take`, `shift`, `pop` and `dequeue` are waits of the current task.
 *
 * What the queue returns for jobs is never looked at, and so stays what it is. What a job returns, and a plain promise
 * of `put` or `get`, is replaced by a promise derived from it (see `wrapTask`). A job that the queue drops before it
 * starts is cancelled: at once if that was by `clear()` or the signal in its options, else when the garbage collector
 * finds its function.
 * @example const mails = wrapQueue(new PQueue({ concurrency: 2 }), { name: 'mails' });
 * @throws ArgumentError if it has none of the methods, or an option is of the wrong type
 */
export function wrapQueue<Wrapped extends object>(queue: Wrapped, options: WrapQueueOptions = {}): Wrapped {
  const known = wrapped.get(queue);
  if (known !== undefined) return known as Wrapped;
  const name = checkName(options, 'queue');
  const capacity = checkCount(options.capacity, 'capacity');
  const isLimiter = typeof queue === 'function';
  if (!isLimiter) checkMethods(queue, 'the queue to wrap', [...scheduling, ...putting, ...getting]);
  const calls = new QueueCalls(new WrappedQueue(name, capacity, queue));
  let result = queue;
  if (isLimiter) {
    result = wrapFunction(queue as unknown as Callable, (run, self, args) =>
      calls.schedule(run, self, args, false),
    ) as unknown as Wrapped;
  } else {
    const keep = handlesItsPromises(queue);
    patchMethods(queue, scheduling, (method, self, args) => calls.schedule(method, self, args, true));
    patchMethods(queue, putting, (method, self, args) => calls.put(method, self, args, keep));
    patchMethods(queue, getting, (method, self, args) => calls.get(method, self, args));
    patchMethods(queue, clearing, (method, self, args) => calls.clear(method, self, args));
  }
  noteWrapped(queue);
  wrapped.set(queue, result);
  wrapped.set(result, result);
  return result;
}

/** The calls of one wrapped queue. */
export class QueueCalls {
  readonly #queue: WrappedQueue;
  /** Set while a method runs: what it was given, to know the call again if it is handed on from method to method. */
  #handedOn: { readonly item: unknown } | null = null;

  constructor(queue: WrappedQueue) {
    this.#queue = queue;
  }

  /** `isMethod`: an object behind the job holds options, among them a signal. A limiter takes arguments for the job. */
  schedule(method: Callable, self: unknown, args: unknown[], isMethod: boolean): unknown {
    const index = args.findIndex((argument) => typeof argument === 'function');
    if (index === -1) return this.#item('put', method, self, args, false);
    return this.#job(method, self, args, index, -1, isMethod ? signalOf(args[index + 1]) : null);
  }

  put(method: Callable, self: unknown, args: unknown[], keep: boolean): unknown {
    const last = args.length > 1 && typeof args.at(-1) === 'function' ? args.length - 1 : -1;
    if (typeof args[0] === 'function') return this.#job(method, self, args, 0, last, signalOf(args[1]));
    return last === -1 ? this.#item('put', method, self, args, keep) : this.#job(method, self, args, -1, last, null);
  }

  get(method: Callable, self: unknown, args: unknown[]): unknown {
    return this.#item('get', method, self, args, false);
  }

  /** What waits when the queue is cleared will not start; what a listener adds meanwhile may. */
  clear(method: Callable, self: unknown, args: unknown[]): unknown {
    const waiting = [...this.#queue.waiting];
    const result: unknown = Reflect.apply(method, self, args);
    this.drop(waiting);
    return result;
  }

  /** Jobs that the queue has forgotten; all that wait, unless told which. */
  drop(jobs: Iterable<Job> = this.#queue.waiting): void {
    const waiting = [...jobs];
    if (waiting.length === 0) return;
    const error = new CancelledError(`queue ${this.#queue.name} was cleared before the job started`);
    for (const job of waiting) job.drop(error);
  }

  /** Somebody waits until the queue is empty or idle. The promise stays as it is: it never rejects. */
  join(method: Callable, self: unknown, args: unknown[]): unknown {
    const result: unknown = Reflect.apply(method, self, args);
    return guard(() => {
      if (!types.isPromise(result)) return result;
      const wait = park('join', this.#queue);
      return follow(
        result,
        (value) => {
          unpark(wait);
          return value;
        },
        (error) => unpark(wait, outcomeOf(error)),
        true,
      );
    }, result);
  }

  /** A job: the function at `index`, or an item that is done when the function at `callback` is called. -1: none. */
  #job(
    method: Callable,
    self: unknown,
    args: unknown[],
    index: number,
    callback: number,
    signal: AbortSignal | null,
  ): unknown {
    const item = args[index === -1 ? 0 : index];
    if (this.#isHandedOn(item)) return Reflect.apply(method, self, args);
    const given = [...args];
    let job: Job;
    try {
      const run = args[index] as Callable | undefined;
      const at = now();
      const name = run === undefined || run.name === '' ? this.#queue.name : run.name;
      // of an item only the end can be seen: it counts as started
      const record = new CallRecord(originOf('job', name, at), at, parentForNew(), run === undefined);
      this.#queue.countPut(currentOrRoot());
      job = new Job(this.#queue, record, callback !== -1);
      if (run !== undefined) given[index] = wrapFunction(run, (...call) => this.#outside(() => job.run(...call)));
      if (callback !== -1)
        given[callback] = wrapFunction(args[callback] as Callable, (...call) => job.callBack(...call));
    } catch (error) {
      complainOnce(error);
      return Reflect.apply(method, self, args);
    }
    const handedOn = given[index === -1 ? callback : index];
    let result: unknown;
    try {
      result = this.#inside(index === -1 ? item : handedOn, method, self, given);
    } catch (error) {
      guard(() => job.end(true, error), undefined);
      throw error;
    }
    guard(() => {
      if (job.park(signal)) dropWithFunction(handedOn as object, job);
    }, undefined);
    return result;
  }

  /** An item goes in or comes out. A promise of that is a wait of the current task. */
  #item(kind: WaitKind & ('put' | 'get'), method: Callable, self: unknown, args: unknown[], keep: boolean): unknown {
    if (this.#isHandedOn(args[0])) return Reflect.apply(method, self, args);
    const result = this.#inside(args[0], method, self, args);
    const queue = this.#queue;
    return guard(() => {
      const task = currentOrRoot();
      const count = (): void => {
        if (kind === 'put') queue.countPut(task);
        else queue.countTaken(task);
      };
      if (!types.isPromise(result)) {
        if (kind === 'put' || result !== undefined) count();
        return result;
      }
      const end = queue.parked(park(kind, queue));
      return follow(
        result,
        (value) => {
          end('fulfilled');
          count();
          return value;
        },
        (error) => end(outcomeOf(error)),
        keep,
      );
    }, result);
  }

  #isHandedOn(item: unknown): boolean {
    return this.#handedOn !== null && this.#handedOn.item === item;
  }

  #inside(item: unknown, method: Callable, self: unknown, args: unknown[]): unknown {
    const before = this.#handedOn;
    this.#handedOn = { item };
    try {
      return Reflect.apply(method, self, args);
    } finally {
      this.#handedOn = before;
    }
  }

  /** A job may use its queue itself, also while the call that started it still runs. */
  #outside(run: () => unknown): unknown {
    const before = this.#handedOn;
    this.#handedOn = null;
    try {
      return run();
    } finally {
      this.#handedOn = before;
    }
  }
}

/**
 * Whether a queue handles the promises that it returns, so that ignoring them is no unhandled rejection: a promise
 * derived from one would be. fastq's promise queue does; it is known by these two methods.
 */
function handlesItsPromises(queue: object): boolean {
  return ['drained', 'killAndDrain'].every((name) => typeof Reflect.get(queue, name) === 'function');
}
