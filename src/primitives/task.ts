// A task: a named run of an async function, visible while it is pending.
import { inspect } from 'node:util';
import {
  taskCreated,
  taskStarted,
  type Origin,
  type Outcome,
  type RetryProgress,
  type Settlement,
  type TaskKind,
  type TaskRecord,
} from '../channels/task.ts';
import type { WaitRecord } from '../channels/wait.ts';
import { CancelledError, outcomeOf, TimeoutError } from '../errors.ts';
import { now } from '../runtime/clock.ts';
import { currentTask, nextId, parentForNew, runInTask } from '../runtime/context.ts';
import { originOf } from '../runtime/origin.ts';
import { announceSettled, fulfilment } from '../runtime/settle.ts';
import { park, unpark } from '../runtime/wait.ts';
import { checkFunction, checkName, checkOptions, checkSignal, nameOf } from './arguments.ts';
import { call, callAfter, callLater } from './run-task.ts';
import { noOptions, throwIfEnded, Waiter } from './waiter.ts';

export { currentTask };

export interface TaskOptions {
  /** What reports, spans and metrics call it. Default: the name of the function, or `task`. */
  readonly name?: string;
  /** True: the function is called at once, as an async function is. False: on the next microtask. Default true. */
  readonly eager?: boolean;
  /** Cancels the task when it is aborted, with the signal's reason as cause. */
  readonly signal?: AbortSignal;
}

/** The function of a task. It is handed its task, and so `({ signal }) => …` hands on the cancellation. */
export type TaskFunction<Value> = (task: Task<Value>) => Value | PromiseLike<Value>;

/** What few tasks need, made when it is needed: a pending task stays small. */
interface Extra {
  waitsToStart: boolean;
  startedAt: number | null;
  controller: AbortController | null;
  cancellation: CancelledError | null;
  undelivered: boolean;
  /** Takes the listener off the signal that the task was created with. */
  stopListening: (() => void) | null;
  progress: RetryProgress | null;
}

/**
 * A named run of an async function. A task is a promise of its result: await it, or use `then`, `catch`, `finally`.
 * While it is pending it stands in `allTasks()` with what it waits for; awaiting it from another task draws the edge.
 * A rejection that nobody handles is an unhandled rejection of Node, as for any async function.
 */
export class Task<Value = unknown> implements TaskRecord, Promise<Value> {
  readonly id: number = nextId();
  readonly origin: Origin;
  readonly createdAt: number;
  parent: TaskRecord | null;
  settlement: Settlement | null = null;
  waits: WaitRecord | null = null;
  previous: TaskRecord | null = null;
  next: TaskRecord | null = null;
  #promise: Promise<Value> | null = null;
  #extra: Extra | null = null;

  /**
   * Tasks are made by `createTask`.
   * @internal
   */
  constructor(kind: TaskKind, name: string, parent: TaskRecord | null) {
    const at = now();
    this.createdAt = Math.floor(at);
    this.origin = originOf(kind, name, at);
    this.parent = parent;
    if (taskCreated.hasSubscribers) taskCreated.publish(this);
  }

  get name(): string {
    return this.origin.name;
  }

  get startedAt(): number | null {
    return this.#extra?.waitsToStart === true ? this.#extra.startedAt : this.createdAt;
  }

  get progress(): RetryProgress | null {
    return this.#extra?.progress ?? null;
  }

  /** Whether the task has settled, in whatever way. */
  get done(): boolean {
    return this.settlement !== null;
  }

  /** Aborted when the task is cancelled; hand it to `fetch`, timers and streams. */
  get signal(): AbortSignal {
    const extra = this.#more();
    if (extra.controller === null) {
      extra.controller = new AbortController();
      if (extra.cancellation !== null) extra.controller.abort(extra.cancellation);
    }
    return extra.controller.signal;
  }

  get [Symbol.toStringTag](): string {
    return 'Task';
  }

  /**
   * Asks the task to end. Its signal is aborted, and what it waits for now is rejected with a `CancelledError`; if it
   * is not parked on a wait of loopscope's, its next one is. The task may clean up, or decline by catching the error.
   * @param reason the `cause` of the error
   * @returns false if the task has settled already
   */
  cancel(reason?: unknown): boolean {
    if (this.settlement !== null) return false;
    const extra = this.#more();
    const error =
      reason instanceof CancelledError
        ? reason
        : new CancelledError(`Task ${this.name} #${this.id} was cancelled`, { cause: reason });
    extra.cancellation = error;
    extra.undelivered = true;
    extra.controller?.abort(error);
    const parked: WaitRecord[] = [];
    for (let wait = this.waits; wait !== null; wait = wait.next) if (wait.cancel !== null) parked.push(wait);
    if (parked.length > 0) extra.undelivered = false;
    for (const wait of parked) wait.cancel?.(error);
    return true;
  }

  /**
   * For waits: the cancellation that was not delivered yet, once.
   * @internal
   */
  takeCancellation(): unknown {
    const extra = this.#extra;
    if (extra === null || !extra.undelivered) return undefined;
    extra.undelivered = false;
    return extra.cancellation;
  }

  // oxlint-disable-next-line unicorn/no-thenable -- a task is a promise: awaiting it is how the edge becomes known
  then<Fulfilled = Value, Rejected = never>(
    onFulfilled?: ((value: Value) => Fulfilled | PromiseLike<Fulfilled>) | null,
    onRejected?: ((reason: unknown) => Rejected | PromiseLike<Rejected>) | null,
  ): Promise<Fulfilled | Rejected> {
    const promise = this.#result();
    if (this.settlement !== null) return promise.then(onFulfilled, onRejected);
    try {
      throwIfEnded(noOptions);
    } catch (error) {
      return Promise.reject<Value>(error).then(onFulfilled, onRejected);
    }
    const waiter = new Waiter<Value>('await', this, undefined, noOptions, null);
    promise.then(
      (value) => waiter.resolve(value),
      (error: unknown) => waiter.reject(error),
    );
    return waiter.promise.then(onFulfilled, onRejected);
  }

  catch<Rejected = never>(
    onRejected?: ((reason: unknown) => Rejected | PromiseLike<Rejected>) | null,
  ): Promise<Value | Rejected> {
    return this.then(null, onRejected);
  }

  finally(onFinally?: (() => void) | null): Promise<Value> {
    return this.then().finally(onFinally);
  }

  /** `<Task load #5 pending>`, so that a logged task says what it is in one line. */
  [inspect.custom](): string {
    return `<Task ${this.name} #${this.id} ${this.settlement?.outcome ?? 'pending'}>`;
  }

  /**
   * Calls the function. Used by what makes tasks, once.
   * @internal
   */
  start(run: TaskFunction<Value>, options: TaskOptions): this {
    const { eager = true, signal } = options;
    if (signal !== undefined) this.#cancelWith(signal);
    if (!eager) this.#more().waitsToStart = true;
    this.#promise = runInTask(this, eager ? call<Task<Value>, Value> : callLater<Task<Value>, Value>, run);
    return this;
  }

  /**
   * Calls the function when `gate`, which is called in the task and may wait, lets it. Used by what makes jobs, once.
   * @internal
   */
  startAfter(gate: () => Promise<void>, run: TaskFunction<Value>, signal?: AbortSignal): this {
    this.#more().waitsToStart = true;
    this.#promise = runInTask(this, callAfter<Task<Value>, Value>, { gate, run });
    if (signal !== undefined) this.#cancelWith(signal);
    return this;
  }

  /**
   * For tasks whose end is not that of a function (task groups): they settle when `promise` does.
   * @internal
   */
  follow(promise: Promise<Value>): this {
    this.#promise = runInTask(this, call<Task<Value>, Value>, () => promise);
    return this;
  }

  /**
   * Waits for the task as for a part of the one that waits: a cancellation of that one goes on to this one, which may
   * clean up before the wait is over.
   * @internal
   */
  async awaitAsPart(): Promise<Value> {
    const cancellation = currentTask()?.takeCancellation?.();
    if (cancellation !== undefined) this.cancel(cancellation);
    const wait = park('await', this, (reason) => this.cancel(reason));
    try {
      const value = await this.#result();
      unpark(wait);
      return value;
    } catch (error) {
      unpark(wait, outcomeOf(error));
      throw error;
    }
  }

  /**
   * Calls `settled` when the task settles, without an edge, and takes the responsibility for its rejection.
   * @internal
   */
  watch(settled: (rejected: boolean, error?: unknown) => void): void {
    this.#result().then(
      () => settled(false),
      (error: unknown) => settled(true, error),
    );
  }

  /**
   * The function is called now.
   * @internal
   */
  markStarted(): void {
    this.#more().startedAt = now();
    if (taskStarted.hasSubscribers) taskStarted.publish(this);
  }

  /**
   * Updates how far a retry is.
   * @internal
   */
  markProgress(progress: RetryProgress): void {
    this.#more().progress = progress;
  }

  /**
   * The task has settled.
   * @internal
   */
  markSettled(rejected: boolean, error: unknown): void {
    this.settlement = rejected ? { outcome: this.#outcomeOf(error), error } : fulfilment;
    this.#extra?.stopListening?.();
    // A cancellation was asked for: if nobody awaits the task, nobody misses anything, and the process goes on.
    if (this.settlement.outcome === 'cancelled') this.#promise?.catch(ignore);
    announceSettled(this);
  }

  /** The promise of the function; while an eager function has not returned it, one that will follow it. */
  #result(): Promise<Value> {
    return this.#promise ?? Promise.resolve().then(() => this.#promise as Promise<Value>);
  }

  #outcomeOf(error: unknown): Outcome {
    if (error instanceof CancelledError && this.#extra?.cancellation != null) return 'cancelled';
    return error instanceof TimeoutError ? 'timed out' : 'rejected';
  }

  #cancelWith(signal: AbortSignal): void {
    if (signal.aborted) {
      this.cancel(signal.reason);
      return;
    }
    const cancel = (): void => void this.cancel(signal.reason);
    signal.addEventListener('abort', cancel, { once: true });
    this.#more().stopListening = () => signal.removeEventListener('abort', cancel);
  }

  #more(): Extra {
    return (this.#extra ??= {
      waitsToStart: false,
      startedAt: null,
      controller: null,
      cancellation: null,
      undelivered: false,
      stopListening: null,
      progress: null,
    });
  }
}

/**
 * Runs `run` as a named task.
 * @example const task = createTask(async ({ signal }) => fetch(url, { signal }), { name: 'load prices' });
 * @throws ArgumentError if `run` is no function or the name no string
 */
export function createTask<Value>(run: TaskFunction<Value>, options: TaskOptions = {}): Task<Value> {
  return startTask('task', run, options, parentForNew());
}

/** What `createTask`, task groups and retries stand on. */
export function startTask<Value>(
  kind: TaskKind,
  run: TaskFunction<Value>,
  options: TaskOptions,
  parent: TaskRecord | null,
): Task<Value> {
  // Before the task exists: one that could not be started would be pending for ever.
  checkFunction(run, 'the function of a task');
  checkOptions(options);
  if (options.signal !== undefined) checkSignal(options.signal);
  const name = options.name === undefined ? nameOf(run, kind) : checkName(options.name, kind);
  return new Task<Value>(kind, name, parent).start(run, options);
}

function ignore(): void {
  // a rejection that its owner handles elsewhere
}
