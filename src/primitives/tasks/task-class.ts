// A task: a named run of an async function, visible while it is pending.
import { inspect } from 'node:util';
import {
  taskCreated,
  taskStarted,
  type Attention,
  type CancelRequest,
  type Origin,
  type RetryProgress,
  type Settlement,
  type TaskKind,
  type TaskRecord,
} from '../../channels/task.ts';
import type { Site } from '../../channels/site.ts';
import type { WaitRecord } from '../../channels/wait.ts';
import { StateError } from '../../errors.ts';
import { now } from '../../runtime/clock.ts';
import { nextId, runInTask } from '../../runtime/context.ts';
import { isDebugging } from '../../runtime/debug.ts';
import { originOf } from '../../runtime/origin.ts';
import { announceSettled } from '../../runtime/settle.ts';
import { stackOf } from '../../runtime/wait.ts';
import { onAbort } from '../abort.ts';
import { checkFunction } from '../arguments.ts';
import { awaitAsPart, awaitTask } from './await-wait.ts';
import { Cancellation, toCancelledError } from './cancellation.ts';
import { DoneCallbacks } from './done-callbacks.ts';
import { call, callAfter, callLater } from './run-task.ts';
import { newExtra, settleExtra, type TaskExtra } from './task-extra.ts';
import type { TaskOptions } from './task-options.ts';
import { exceptionOf, resultOf, settlementOf } from './task-settlement.ts';
import { attend, attentionOfNew, isMissed, trace } from './task-attention.ts';

/** The function of a task. It is handed its task, and so `({ signal }) => …` hands on the cancellation. */
export type TaskFunction<Value> = (task: Task<Value>) => Value | PromiseLike<Value>;

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
  /** @internal */
  awaiters = 0;
  /** @internal */
  attention: Attention;
  #promise: Promise<Value> | null = null;
  #extra: TaskExtra | null = null;

  /** Tasks are made by `createTask`. @internal */
  constructor(kind: TaskKind, name: string, parent: TaskRecord | null) {
    const at = now();
    this.createdAt = Math.floor(at);
    this.origin = originOf(kind, name, at);
    this.parent = parent;
    this.attention = attentionOfNew(parent);
    if (isDebugging()) this.#extra = newExtra(trace(this));
    if (taskCreated.hasSubscribers) taskCreated.publish(this);
  }

  /** What it was named when it was created: spans, metrics and call sites go by it, and so it never changes. */
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

  /** Whether the task has settled because it was cancelled. */
  get cancelled(): boolean {
    return this.settlement?.outcome === 'cancelled';
  }

  /** Aborted when the task is cancelled; hand it to `fetch`, timers and streams. */
  get signal(): AbortSignal {
    return this.#cancellation().signal;
  }

  /** How often and since when it is asked to cancel; null if it is not. */
  get cancelRequest(): CancelRequest | null {
    const cancellation = this.#extra?.cancellation ?? null;
    return cancellation === null || cancellation.count === 0 ? null : cancellation;
  }

  /** @internal */
  get notices(): boolean {
    return this.#extra?.cancellation?.isNoticed ?? true;
  }

  get [Symbol.toStringTag](): string {
    return 'Task';
  }

  /**
   * Asks the task to end. Its signal is aborted, and what it waits for now is rejected with a `CancelledError`; if it
   * is not parked on a wait of loopscope's, its next one is. A task that it awaits is cancelled in the place of the wait,
   * unless another one awaits that too. The task may clean up, or decline by catching the error.
   * @param reason the `cause` of the error
   * @returns false if the task has settled already
   */
  cancel(reason?: unknown): boolean {
    if (this.settlement !== null) return false;
    return this.#cancellation().request(toCancelledError(reason, `Task ${this.name} #${this.id}`), this.waits);
  }

  /** How often the task was asked to cancel, less how often that was taken back. Above 0 in a task that declined. */
  cancelling(): number {
    return this.#extra?.cancellation?.count ?? 0;
  }

  /**
   * Takes one request to cancel back: for code that cancelled the task itself and has dealt with it. After the last one
   * nothing is left to deliver, and the task has a fresh signal; who has the old one still has an aborted one.
   * @returns how many are left
   */
  uncancel(): number {
    return this.#extra?.cancellation?.takeBack() ?? 0;
  }

  /**
   * What the task was fulfilled with.
   * @throws what it was rejected or cancelled with; StateError while it is pending
   */
  result(): Value {
    return resultOf(this.#settled()) as Value;
  }

  /**
   * What the task was rejected with; undefined if it was fulfilled.
   * @throws the CancelledError if it was cancelled; StateError while it is pending
   */
  exception(): unknown {
    return exceptionOf(this.#settled());
  }

  /** Where it is parked now, as far as that is known without reading memory: newest first, and where it was created. */
  getStack(): readonly Site[] {
    return stackOf(this);
  }

  /** Calls `callback` with the task on a microtask after it has settled, in the async context of now. */
  addDoneCallback(callback: (task: this) => void): void {
    checkFunction(callback, 'a done callback');
    attend(this, 'end', this.#extra?.trace);
    (this.#more().callbacks ??= new DoneCallbacks(this, this.done)).add(callback);
  }

  /** @returns how many were removed: a callback may have been added several times */
  removeDoneCallback(callback: (task: this) => void): number {
    return this.#extra?.callbacks?.remove(callback) ?? 0;
  }

  /** For waits: the cancellation that was not delivered yet, once. @internal */
  takeCancellation(): unknown {
    return this.#extra?.cancellation?.take();
  }

  /** For what threw something else in the place of a cancellation: that comes again at the next wait. @internal */
  deliverAgain(): void {
    this.#extra?.cancellation?.deliverAgain();
  }

  // oxlint-disable-next-line unicorn/no-thenable -- a task is a promise: awaiting it is how the edge becomes known
  then<Fulfilled = Value, Rejected = never>(
    onFulfilled?: ((value: Value) => Fulfilled | PromiseLike<Fulfilled>) | null,
    onRejected?: ((reason: unknown) => Rejected | PromiseLike<Rejected>) | null,
  ): Promise<Fulfilled | Rejected> {
    const promise = this.#result();
    attend(this, 'result', this.#extra?.trace);
    if (this.settlement !== null) return promise.then(onFulfilled, onRejected);
    return awaitTask(this, promise, onFulfilled, onRejected);
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

  /** Calls the function. Used by what makes tasks, once. @internal */
  start(run: TaskFunction<Value>, options: TaskOptions): this {
    const { eager = true, signal } = options;
    const atOnce = eager && signal?.aborted !== true; // what is cancelled before it starts is not called
    if (signal !== undefined) this.#cancelWith(signal);
    if (!atOnce) this.#more().waitsToStart = true;
    this.#promise = runInTask(this, atOnce ? call<Task<Value>, Value> : callLater<Task<Value>, Value>, run);
    if (this.cancelled) this.#promise.catch(() => {}); // in its first turn, when there was no promise yet
    return this;
  }

  /** Calls the function when `gate`, which is called in the task and may wait, lets it. Used by what makes jobs, once. @internal */
  startAfter(gate: () => Promise<void>, run: TaskFunction<Value>, signal?: AbortSignal): this {
    this.#more().waitsToStart = true;
    this.#promise = runInTask(this, callAfter<Task<Value>, Value>, { gate, run });
    if (signal !== undefined) this.#cancelWith(signal);
    return this;
  }

  /** For tasks whose end is not that of a function (task groups): they settle when `promise` does. @internal */
  follow(promise: Promise<Value>): this {
    this.#promise = runInTask(this, call<Task<Value>, Value>, () => promise);
    return this;
  }

  /** Waits for the task as for a part of the one that waits: a cancellation goes on to this one. @internal */
  awaitAsPart(): Promise<Value> {
    attend(this, 'result', this.#extra?.trace);
    return awaitAsPart(this, this.#result());
  }

  /**
   * Calls one of the two when the task has settled, without an edge, and takes the responsibility for its rejection.
   * @param isRetrieved false if the error is not handed to anybody: debug mode says so when nobody else asks for it
   * @internal
   */
  observe(fulfilled: (value: Value) => void, rejected: (error: unknown) => void, isRetrieved = true): void {
    attend(this, isRetrieved ? 'result' : 'end', this.#extra?.trace);
    void this.#result().then(fulfilled, rejected);
  }

  /** The same with one function for both. @internal */
  watch(settled: (rejected: boolean, error?: unknown) => void): void {
    const rejected = (error: unknown): void => settled(true, error);
    this.observe(() => settled(false), rejected);
  }

  /** The function is called now. @internal */
  markStarted(): void {
    this.#more().startedAt = now();
    if (taskStarted.hasSubscribers) taskStarted.publish(this);
  }

  /** Updates how far a retry is. @internal */
  markProgress(progress: RetryProgress): void {
    this.#more().progress = progress;
  }

  /** The task has settled, with this value or error. @internal */
  markSettled(rejected: boolean, result: unknown): void {
    const extra = this.#extra;
    this.settlement = settlementOf(rejected, result, extra?.cancellation ?? null);
    if (extra !== null) settleExtra(extra, this.settlement);
    if (isMissed(this)) this.attention = 'missed';
    // A cancellation was asked for: if nobody awaits the task, nobody misses anything, and the process goes on.
    if (this.cancelled) this.#promise?.catch(() => {});
    announceSettled(this);
  }

  /** The promise of the function; while an eager function has not returned it, one that will follow it. */
  #result(): Promise<Value> {
    return this.#promise ?? Promise.resolve().then(() => this.#promise as Promise<Value>);
  }

  #settled(): Settlement {
    if (this.settlement === null) throw new StateError(`task ${this.name} #${this.id} has not settled`);
    attend(this, 'result', this.#extra?.trace);
    this.#promise?.catch(() => {}); // as in asyncio: who asks for the error has it
    return this.settlement;
  }

  #cancelWith(signal: AbortSignal): void {
    if (signal.aborted) this.cancel(signal.reason);
    else this.#more().stopListening = onAbort(signal, () => this.cancel(signal.reason));
  }

  #cancellation(): Cancellation {
    return (this.#more().cancellation ??= new Cancellation());
  }

  #more(): TaskExtra {
    return (this.#extra ??= newExtra());
  }
}
