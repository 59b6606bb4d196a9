// One parked wait of ours: a promise that ends with a value, or is ended by a signal, a timeout or a cancellation.
import type { ResourceRecord } from '../channels/resource.ts';
import type { Outcome, TaskRecord } from '../channels/task.ts';
import type { WaitKind, WaitMembers, WaitRecord } from '../channels/wait.ts';
import { outcomeOf, TimeoutError } from '../errors.ts';
import { currentOrRoot } from '../runtime/context.ts';
import { park, unpark } from '../runtime/wait.ts';
import { checkNumber, checkOptions, checkSignal } from './arguments.ts';

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

// The longest delay that timers know: with a longer one they fire at once.
const longestTimer = 2 ** 31 - 1;

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
export class Waiter<Value, Item = undefined> {
  readonly promise: Promise<Value>;
  readonly record: WaitRecord;
  /** What the waiter brought with it: the item of a put. */
  readonly item: Item;
  /** What follows from the wait and is awaited in its place, where that is so. */
  result: Promise<unknown> | null = null;
  previous: Waiter<Value, Item> | null = null;
  next: Waiter<Value, Item> | null = null;
  readonly #resolve: (value: Value) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #line: Line<Waiter<Value, Item>> | null;
  #stopListening: (() => void) | null = null;
  #timer: NodeJS.Timeout | null = null;

  /**
   * @param line where the waiter stands until the wait ends; null if it stands in none
   * @param milliseconds when the wait ends by itself, for the report alone
   * @param members what is waited for, if that is several things at once
   */
  constructor(
    kind: WaitKind,
    on: ResourceRecord | TaskRecord | null,
    item: Item,
    options: WaitOptions,
    line: Line<Waiter<Value, Item>> | null,
    milliseconds: number | null = options.timeout ?? null,
    members: WaitMembers | null = null,
  ) {
    let resolve!: (value: Value) => void;
    let reject!: (reason: unknown) => void;
    // a fifth of a wait faster than Promise.withResolvers
    this.promise = new Promise<Value>((fulfill, fail) => {
      resolve = fulfill;
      reject = fail;
    });
    this.item = item;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#line = line;
    const cancel = options === uninterrupted ? null : (reason: unknown): void => this.cancel(reason);
    this.record = park(kind, on, cancel, milliseconds, undefined, undefined, members);
    line?.push(this);
    const { signal, timeout } = options;
    if (signal !== undefined) this.#listen(signal);
    if (timeout !== undefined) this.after(timeout, () => this.#timeOut(timeout));
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
    this.#timer =
      milliseconds > longestTimer
        ? setTimeout(() => this.after(milliseconds - longestTimer, end), longestTimer)
        : setTimeout(end, milliseconds);
  }

  /** The cancellation reaches the task through whatever it awaits: a wait that nobody awaits yet is no crash. */
  cancel(reason: unknown): void {
    this.promise.catch(ignore);
    this.result?.catch(ignore);
    this.abort(reason, outcomeOf(reason));
  }

  /** What a cancellation, the signal and the timeout do. */
  abort(reason: unknown, outcome: Outcome): void {
    this.reject(reason, outcome);
  }

  #listen(signal: AbortSignal): void {
    const abort = (): void => {
      const { reason } = signal;
      this.abort(reason, outcomeOf(reason) === 'timed out' ? 'timed out' : 'cancelled');
    };
    signal.addEventListener('abort', abort, { once: true });
    this.#stopListening = () => signal.removeEventListener('abort', abort);
  }

  #timeOut(timeout: number): void {
    const { kind, on, members } = this.record;
    const name = on === null ? '' : ` ${'origin' in on ? `task ${on.origin.name}` : `${on.kind} ${on.name}`}`;
    this.abort(new TimeoutError(`${members?.by ?? kind}${name}: timed out after ${timeout} ms`), 'timed out');
  }

  #end(outcome: Outcome): void {
    unpark(this.record, outcome);
    this.#line?.remove(this);
    this.#stopListening?.();
    if (this.#timer !== null) clearTimeout(this.#timer);
  }
}

function ignore(): void {
  // whoever awaits the wait is told
}
