// One parked wait of ours: a promise that ends with a value, or is ended by a signal, a timeout or a cancellation.
import type { ResourceRecord } from '../channels/resource.ts';
import type { Site } from '../channels/site.ts';
import type { Outcome, TaskRecord } from '../channels/task.ts';
import type { WaitKind, WaitMembers, WaitRecord } from '../channels/wait.ts';
import { outcomeOf, TimeoutError } from '../errors.ts';
import { currentOrRoot } from '../runtime/context.ts';
import { begin, beginningOf, pendingOrRoot, siteOf, unpark } from '../runtime/wait.ts';
import { onAbort } from './abort.ts';
import { checkNumber, checkOptions, checkSignal } from './arguments.ts';
import { setTimer } from './timer.ts';

/** Options of every call that may wait. */
export interface WaitOptions {
  /** Ends the wait with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Milliseconds after which the wait ends with a `TimeoutError`. Default: none. */
  readonly timeout?: number;
}

export const noOptions: WaitOptions = Object.freeze({});

/** For a wait that has to be waited out: not even the cancellation of its task ends it. That comes at the next wait. */
export const uninterrupted: WaitOptions = Object.freeze({});

/**
 * Throws where a wait must not even begin: the signal is aborted already, or the task has a cancellation to deliver.
 * @returns the task that would wait, the root task outside of tasks
 * @throws ArgumentError if an option is of the wrong type, also where there would be no wait
 */
export function throwIfEnded(options: WaitOptions): TaskRecord {
  if (options !== noOptions) throwIfOptionsEnd(options);
  const task = currentOrRoot();
  const cancellation = task.takeCancellation?.();
  if (cancellation !== undefined) throw cancellation;
  return task;
}

/** The same for the options alone. */
export function throwIfOptionsEnd(options: WaitOptions): void {
  checkOptions(options);
  const { signal, timeout } = options;
  if (timeout !== undefined) checkNumber(timeout, 'timeout', 0);
  if (signal === undefined) return;
  checkSignal(signal);
  if (signal.aborted) throw signal.reason;
}

/** Where a waiter stands: a list, or whoever keeps one and wants to know when somebody leaves. */
export interface Line<Element> {
  push(element: Element): void;
  remove(element: Element): boolean;
}

/** A wait in the line of a resource. It stands in the list of its task until it ends, however it ends. */
export class Waiter<Value, Item = undefined> implements WaitRecord {
  readonly kind: WaitKind;
  readonly task: TaskRecord;
  readonly on: ResourceRecord | TaskRecord | null;
  readonly since: number;
  until: number | null;
  readonly site: Site | null;
  readonly members: WaitMembers | null;
  outcome: Outcome | null = null;
  readonly cancel: ((reason: unknown) => void) | null;
  newer: WaitRecord | null = null;
  older: WaitRecord | null = null;
  readonly promise: Promise<Value>;
  /** What the waiter brought with it: the item of a put. */
  readonly item: Item;
  /** What follows from the wait and is awaited in its place, where that is so. */
  result: Promise<unknown> | null = null;
  /** Its neighbours in the line of the resource. */
  previous: Waiter<Value, Item> | null = null;
  next: Waiter<Value, Item> | null = null;
  readonly #resolve: (value: Value) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #line: Line<Waiter<Value, Item>> | null;
  #ending: Ending | null = null;

  /**
   * @param line where the waiter stands until the wait ends; null if it stands in none
   * @param milliseconds when the wait ends by itself, for the report alone
   * @param members what is waited for, if that is several things at once
   * @param task who waits, if that has been asked for already
   */
  constructor(
    kind: WaitKind,
    on: ResourceRecord | TaskRecord | null,
    item: Item,
    options: WaitOptions,
    line: Line<Waiter<Value, Item>> | null,
    milliseconds: number | null = options.timeout ?? null,
    members: WaitMembers | null = null,
    task: TaskRecord = currentOrRoot(),
  ) {
    const since = beginningOf(milliseconds);
    this.kind = kind;
    this.task = pendingOrRoot(task);
    this.on = on;
    this.since = since;
    this.until = milliseconds === null ? null : since + milliseconds;
    this.site = siteOf(kind, this.task, since);
    this.members = members;
    this.cancel = options === uninterrupted ? null : cancelWaiter;
    this.promise = new Promise<Value>(keepResolvers);
    this.item = item;
    this.#resolve = resolveNew;
    this.#reject = rejectNew;
    forgetResolvers();
    this.#line = line;
    begin(this);
    line?.push(this);
    if (options !== noOptions) this.#endBy(options);
  }

  resolve(value: Value): void {
    this.#end('fulfilled');
    this.#resolve(value);
  }

  /** Ends the wait with an error and takes it out of the line. */
  reject(reason: unknown, outcome: Outcome = outcomeOf(reason)): void {
    this.#end(outcome);
    this.#reject(reason);
  }

  /** Calls `end`, which has to end the wait, after a time, unless it has ended before. Infinity is never. */
  after(milliseconds: number, end: () => void): void {
    if (milliseconds === Infinity) return;
    this.#ending ??= { timer: null, stopListening: null };
    this.#ending.timer = setTimer(milliseconds, end, (left) => this.after(left, end));
  }

  /** What a cancellation, the signal and the timeout do. */
  abort(reason: unknown, outcome: Outcome): void {
    this.reject(reason, outcome);
  }

  #endBy({ signal, timeout }: WaitOptions): void {
    if (signal !== undefined) this.#listen(signal);
    if (timeout !== undefined) this.after(timeout, () => this.#timeOut(timeout));
  }

  #listen(signal: AbortSignal): void {
    const abort = (): void => {
      const { reason } = signal;
      this.abort(reason, outcomeOf(reason) === 'timed out' ? 'timed out' : 'cancelled');
    };
    this.#ending = { timer: null, stopListening: onAbort(signal, abort) };
  }

  #timeOut(timeout: number): void {
    const { kind, on, members } = this;
    const name = on === null ? '' : ` ${'origin' in on ? `task ${on.origin.name}` : `${on.kind} ${on.name}`}`;
    this.abort(new TimeoutError(`${members?.by ?? kind}${name}: timed out after ${timeout} ms`), 'timed out');
  }

  #end(outcome: Outcome): void {
    unpark(this, outcome);
    this.#line?.remove(this);
    if (this.#ending === null) return;
    const { timer, stopListening } = this.#ending;
    stopListening?.();
    if (timer !== null) clearTimeout(timer);
  }
}

/** What ends a wait from outside, and has to be taken back when it ends otherwise. */
interface Ending {
  timer: NodeJS.Timeout | null;
  readonly stopListening: (() => void) | null;
}

// The functions of the promise that is being made: with one executor for all no wait needs a closure of its own.
let resolveNew: (value: unknown) => void = ignore;
let rejectNew: (reason: unknown) => void = ignore;

function keepResolvers(resolve: (value: never) => void, reject: (reason: unknown) => void): void {
  resolveNew = resolve as (value: unknown) => void;
  rejectNew = reject;
}

/** So that nothing but the wait leads to its promise. */
function forgetResolvers(): void {
  resolveNew = ignore;
  rejectNew = ignore;
}

/** The cancellation reaches the task through whatever it awaits: a wait that nobody awaits yet is no crash. */
function cancelWaiter(this: Waiter<unknown, unknown>, reason: unknown): void {
  this.promise.catch(ignore);
  this.result?.catch(ignore);
  this.abort(reason, outcomeOf(reason));
}

function ignore(): void {
  // whoever awaits the wait is told
}
