// One parked wait of ours: a promise that ends with a value, or is ended by a signal, a timeout or a cancellation.
import type { ResourceRecord } from '../channels/resource.ts';
import type { TaskRecord } from '../channels/task.ts';
import type { WaitKind, WaitRecord } from '../channels/wait.ts';
import { TimeoutError } from '../errors.ts';
import { currentTask } from '../runtime/context.ts';
import { park, unpark } from '../runtime/wait.ts';
import { checkNumber } from './arguments.ts';

/** Options of every call that may wait. */
export interface WaitOptions {
  /** Ends the wait with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Milliseconds after which the wait ends with a `TimeoutError`. Default: none. */
  readonly timeout?: number;
}

export const noOptions: WaitOptions = Object.freeze({});

/** Throws where a wait must not even begin: the signal is aborted already, or the task has a cancellation to deliver. */
export function throwIfEnded({ signal }: WaitOptions): void {
  if (signal !== undefined) signal.throwIfAborted();
  const cancellation = currentTask()?.takeCancellation?.();
  if (cancellation !== undefined) throw cancellation;
}

/** A wait in the line of a resource. It stands in the list of its task until it ends, however it ends. */
export class Waiter<Value, Item = undefined> {
  readonly promise: Promise<Value>;
  readonly record: WaitRecord;
  /** What the waiter brought with it: the item of a put. */
  readonly item: Item;
  previous: Waiter<Value, Item> | null = null;
  next: Waiter<Value, Item> | null = null;
  readonly #resolve: (value: Value) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #giveUp: (waiter: this) => void;
  #signal: AbortSignal | null = null;
  #timer: NodeJS.Timeout | null = null;

  /**
   * @param giveUp called when the wait is ended from outside, so that the resource takes the waiter out of its line
   * @param milliseconds when the wait ends by itself, for the report alone
   */
  constructor(
    kind: WaitKind,
    on: ResourceRecord | TaskRecord | null,
    item: Item,
    options: WaitOptions,
    giveUp: (waiter: Waiter<Value, Item>) => void,
    milliseconds: number | null = options.timeout ?? null,
  ) {
    const { promise, resolve, reject } = Promise.withResolvers<Value>();
    this.promise = promise;
    this.item = item;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#giveUp = giveUp;
    const { signal, timeout } = options;
    if (timeout !== undefined) checkNumber(timeout, 'timeout', 0);
    this.record = park(kind, on, (reason) => this.reject(reason), milliseconds);
    if (signal !== undefined) {
      this.#signal = signal;
      signal.addEventListener('abort', this.#onAbort, { once: true });
    }
    if (timeout !== undefined && timeout !== Infinity) this.#timer = setTimeout(() => this.#timeOut(timeout), timeout);
  }

  resolve(value: Value): void {
    this.#end();
    this.#resolve(value);
  }

  /** Ends the wait with an error and takes it out of the line. */
  reject(reason: unknown): void {
    this.#end();
    this.#giveUp(this);
    this.#reject(reason);
  }

  readonly #onAbort = (): void => this.reject(this.#signal?.reason);

  #timeOut(timeout: number): void {
    const { kind, on } = this.record;
    const name = on === null ? '' : ` ${'origin' in on ? `task ${on.origin.name}` : `${on.kind} ${on.name}`}`;
    this.reject(new TimeoutError(`${kind}${name}: timed out after ${timeout} ms`));
  }

  #end(): void {
    unpark(this.record);
    this.#signal?.removeEventListener('abort', this.#onAbort);
    if (this.#timer !== null) clearTimeout(this.#timer);
  }
}
