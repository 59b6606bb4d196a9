// Async iteration that can be seen: while the consumer waits for the next item, the report says so.
import type { Hold, ResourceRecord } from '../channels/resource.ts';
import type { Site } from '../channels/site.ts';
import type { IteratorStatistics } from '../channels/statistics.ts';
import type { Outcome } from '../channels/task.ts';
import { ArgumentError } from '../errors.ts';
import { List } from '../runtime/list.ts';
import { announce, identify } from '../runtime/resource.ts';
import { checkName, checkNumber, checkOptions, checkSignal } from './arguments.ts';
import { noOptions, throwIfEnded, Waiter, type WaitOptions } from './waiter.ts';

export interface IterateOptions extends WaitOptions {
  /** What reports, spans and metrics call it. Default `iterator`. */
  readonly name?: string;
  /** Ends the iteration with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Milliseconds after which the wait for an item ends with a `TimeoutError`, each item anew. Default: none. */
  readonly timeout?: number;
}

/** What `iterate` returns: an iterator like the one it stands for. */
export class Iteration<Item, Returned = unknown, Sent = unknown>
  implements AsyncIterableIterator<Item, Returned | undefined, Sent>, AsyncDisposable, ResourceRecord
{
  readonly kind = 'iterator';
  readonly name: string;
  readonly id: number;
  readonly createdAt: number;
  readonly site: Site | null;
  readonly #source: AnyIterable<Item, Returned, Sent>;
  readonly #options: WaitOptions;
  readonly #waiting: List<ItemWaiter<IteratorResult<Item, Returned>>> = new List();
  readonly #closing: List<Waiter<IteratorResult<Item, Returned> | undefined>> = new List();
  #iterator: AsyncIterator<Item, Returned, Sent> | null = null;
  #items = 0;
  #closed = false;

  /**
   * Iterations are made by `iterate`.
   * @internal
   */
  constructor(source: AnyIterable<Item, Returned, Sent>, name: string, options: WaitOptions) {
    this.#source = source;
    this.#options = options;
    this.name = name;
    ({ id: this.id, createdAt: this.createdAt, site: this.site } = identify(name));
    announce(this);
  }

  /** Asks the source for the next item, and for no more than that. */
  next(...sent: [] | [Sent]): Promise<IteratorResult<Item, Returned | undefined>> {
    return this.#ask((iterator) => iterator.next(...sent));
  }

  /** Throws an error into the source, if it is a generator. */
  throw(error?: unknown): Promise<IteratorResult<Item, Returned | undefined>> {
    if (this.#closed) return Promise.reject(error);
    return this.#ask(async (iterator) => {
      if (iterator.throw !== undefined) return iterator.throw(error);
      this.giveUp();
      throw error;
    });
  }

  /** Closes the source: `for await` calls it when it is left early. Waits until the source has cleaned up. */
  async return(value?: Returned | PromiseLike<Returned>): Promise<IteratorResult<Item, Returned | undefined>> {
    if (this.#closed) return { done: true, value: await value };
    this.#closed = true;
    const waiter = new Waiter<IteratorResult<Item, Returned> | undefined>(
      'join',
      this,
      undefined,
      noOptions,
      this.#closing,
    );
    this.#closeSource(value).then(
      (result) => waiter.resolve(result),
      (error: unknown) => waiter.reject(error),
    );
    return (await waiter.promise) ?? { done: true, value: await value };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  statistics(): IteratorStatistics {
    return Object.freeze({ kind: 'iterator', items: this.#items, waiters: this.#waiting.size + this.#closing.size });
  }

  /** Nobody holds an iterator. */
  holders(): Iterable<Hold> {
    return [];
  }

  /** Lets the iterator do something and waits for it. Whatever ends the wait before closes the source. */
  #ask(
    act: (iterator: AsyncIterator<Item, Returned, Sent>) => Promise<IteratorResult<Item, Returned>>,
  ): Promise<IteratorResult<Item, Returned | undefined>> {
    if (this.#closed) return Promise.resolve({ done: true, value: undefined });
    try {
      throwIfEnded(this.#options);
    } catch (error) {
      this.giveUp();
      return Promise.reject(error);
    }
    let answer: Promise<IteratorResult<Item, Returned>>;
    try {
      answer = Promise.resolve(act(this.#open()));
    } catch (error) {
      this.#closed = true;
      return Promise.reject(error);
    }
    const waiter = new ItemWaiter<IteratorResult<Item, Returned>>('next', this, this, this.#options, this.#waiting);
    const failed = (error: unknown): void => {
      this.#closed = true; // by itself
      waiter.reject(error);
    };
    answer.then((result) => {
      try {
        this.#give(result, waiter);
      } catch (error) {
        failed(error); // the result is an object of the program's, and to look at it runs its code
      }
    }, failed);
    return waiter.promise;
  }

  #give(result: IteratorResult<Item, Returned>, waiter: ItemWaiter<IteratorResult<Item, Returned>>): void {
    if (waiter.outcome !== null) return;
    if (typeof result !== 'object' || result === null) {
      this.#closed = true;
      waiter.reject(new TypeError(`iterator ${this.name} gave ${String(result)}, which is no result of an iterator`));
      return;
    }
    if (result.done === true) this.#closed = true;
    else this.#items++;
    waiter.resolve(result);
  }

  /**
   * Nobody waits for the item any more: closes the source, without waiting for that. It may hang, and that is why.
   * @internal
   */
  giveUp(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      if (isStream(this.#source)) this.#source.destroy();
      this.#closeSource(undefined).catch(ignore);
    } catch {
      // the error for which it is closed goes on to the consumer
    }
  }

  #open(): AsyncIterator<Item, Returned, Sent> {
    return (this.#iterator ??= openIterator(this.#source));
  }

  async #closeSource(
    value: Returned | PromiseLike<Returned> | undefined,
  ): Promise<IteratorResult<Item, Returned> | undefined> {
    // a stream that nobody has read from is not destroyed by its iterator
    if (this.#iterator === null && isStream(this.#source)) this.#source.destroy();
    return this.#open().return?.(value);
  }
}

/** A wait for an item. */
class ItemWaiter<Result> extends Waiter<Result, { giveUp(): void }> {
  override abort(reason: unknown, outcome: Outcome): void {
    super.abort(reason, outcome);
    this.item.giveUp();
  }
}

/** What can be iterated over. */
export type AnyIterable<Item, Returned = unknown, Sent = unknown> =
  | AsyncIterable<Item, Returned, Sent>
  | Iterable<Item | PromiseLike<Item>, Returned, Sent>;

/**
 * Iterates over an async or other iterable, a generator or a stream so that a report shows who waits for its next item.
 * Nothing is read ahead. What ends a wait for an item (a timeout, the signal, a cancellation) ends the iteration and closes
 * the source, as it does in asyncio.
 * @example for await (const page of iterate(fetchPages(), { name: 'pages', timeout: 5000 })) index(page);
 */
export function iterate<Item, Returned = unknown, Sent = unknown>(
  source: AnyIterable<Item, Returned, Sent>,
  options: IterateOptions = {},
): Iteration<Item, Returned, Sent> {
  if (!isIterable(source)) throw new ArgumentError('what is iterated over must be an iterable or an async iterable');
  checkOptions(options);
  const { name, signal, timeout } = options;
  if (signal !== undefined) checkSignal(signal);
  if (timeout !== undefined) checkNumber(timeout, 'timeout', 0);
  const waitOptions =
    signal === undefined && timeout === undefined
      ? noOptions
      : { ...(signal !== undefined && { signal }), ...(timeout !== undefined && { timeout }) };
  return new Iteration(source, checkName(name, 'iterator'), waitOptions);
}

function isIterable(source: unknown): boolean {
  if (typeof source === 'string') return true;
  return typeof source === 'object' && source !== null && (Symbol.asyncIterator in source || Symbol.iterator in source);
}

function openIterator<Item, Returned, Sent>(
  source: AnyIterable<Item, Returned, Sent>,
): AsyncIterator<Item, Returned, Sent> {
  if (isAsyncIterable(source)) return source[Symbol.asyncIterator]();
  return fromIterable(source as Iterable<Item | PromiseLike<Item>, Returned, Sent>);
}

/** As `for await`: undefined or null in the place of an async iterator is none. */
function isAsyncIterable(source: unknown): source is AsyncIterable<never, never, never> {
  return ((source as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] ?? null) !== null;
}

/** `yield*` treats what is not async as `for await` does: promises in it are awaited one after the other. */
async function* fromIterable<Item, Returned, Sent>(
  source: Iterable<Item | PromiseLike<Item>, Returned, Sent>,
): AsyncGenerator<Item, Returned, Sent> {
  return yield* source as Iterable<Item, Returned, Sent>;
}

function isStream(source: unknown): source is { destroy(): void } {
  return (
    typeof source === 'object' &&
    source !== null &&
    'destroy' in source &&
    typeof source.destroy === 'function' &&
    'pipe' in source
  );
}

function ignore(): void {
  // the error for which the source is closed goes on to the consumer
}
