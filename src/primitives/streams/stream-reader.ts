// The reading end of a stream, as asyncio's StreamReader: bytes stay in its buffer until a read can be answered in full.
import type { ResourceRecord } from '../../channels/resource.ts';
import { IncompleteReadError, StateError } from '../../errors.ts';
import { List } from '../../runtime/list.ts';
import { checkCount } from '../arguments.ts';
import { ByteBuffer } from './byte-buffer.ts';
import { SeparatorSearch, type Separator } from './separator.ts';
import { StreamIterator } from './stream-iterator.ts';
import { noOptions, throwIfEnded, Waiter, type WaitOptions } from '../waiter.ts';

const newline = Buffer.from('\n');

/** Where the bytes come from: told when to stop for a while. */
export interface Source {
  readonly resource: ResourceRecord;
  pause(): void;
  resume(): void;
}

/** What broke a stream, and whether anybody has been told. */
export interface Failure {
  readonly error: unknown;
  isKnown: boolean;
}

/** Answers a read from the buffer; undefined while there is too little in it. */
type Answer = () => unknown;

/**
 * Reads bytes, lines and records. A read that a timeout, a signal or a cancellation ends takes nothing: the bytes are
 * there for the next. One task reads at a time.
 */
export class StreamReader implements AsyncIterable<Buffer> {
  /** Bytes that are buffered before the sender is made to wait; and the longest line or record, without its separator. */
  readonly limit: number;
  readonly #source: Source;
  readonly #buffer = new ByteBuffer();
  // never more than one: a list, because what ends a wait takes it out
  readonly #waiting: List<Waiter<unknown, Answer>> = new List();
  #ended = false;
  #failure: Failure | null = null;
  #paused = false;
  #read = 0;

  /**
   * Readers are made by `openConnection` and `startServer`.
   * @internal
   */
  constructor(source: Source, limit: number) {
    this.#source = source;
    this.limit = limit;
  }

  /** Whether everything has been read that will ever come. */
  get atEof(): boolean {
    return this.#ended && this.#buffer.size === 0;
  }

  /** Bytes that arrived and were not read yet. */
  get buffered(): number {
    return this.#buffer.size;
  }

  /** Bytes that were read. */
  get bytesRead(): number {
    return this.#read;
  }

  /** All that comes until the other end closes the stream, without a limit. */
  read(): Promise<Buffer>;
  /** What there is, from 1 to `count` bytes, once there is something; null at the end of the stream. */
  read(count: number, options?: WaitOptions): Promise<Buffer | null>;
  read(count = Infinity, options: WaitOptions = noOptions): Promise<Buffer | null> {
    return this.#answer(
      () => checkCount(count, 'count', 0),
      options,
      () => {
        const { size } = this.#buffer;
        if (count === Infinity) return this.#hasEnded() ? this.#take(size) : undefined;
        if (size > 0 || count === 0) return this.#take(count);
        return this.#hasEnded() ? null : undefined;
      },
    );
  }

  /**
   * So many bytes, not fewer, whatever the limit.
   * @throws IncompleteReadError with what there was, if the stream ends before
   */
  readExactly(count: number, options: WaitOptions = noOptions): Promise<Buffer> {
    return this.#answer(
      () => checkCount(count, 'count', 0),
      options,
      () => {
        const { size } = this.#buffer;
        if (size >= count) return this.#take(count);
        if (!this.#hasEnded()) return undefined;
        throw new IncompleteReadError(`${this.#name} ended after ${size} of ${count} bytes`, this.#take(size), count);
      },
    );
  }

  /**
   * All up to a separator and with it; of several separators, the one that ends first.
   * @throws IncompleteReadError with what there was, if the stream ends before
   * @throws LimitOverrunError if it is longer than `limit`; it stays in the buffer
   */
  readUntil(separator: Separator | readonly Separator[] = '\n', options: WaitOptions = noOptions): Promise<Buffer> {
    return this.#readUntil(separator, options, (rest) => {
      throw new IncompleteReadError(`${this.#name} ended before a separator, after ${rest.length} bytes`, rest, null);
    }) as Promise<Buffer>;
  }

  /**
   * A line with its `\n`; the last may lack it. Null at the end of the stream.
   * @throws LimitOverrunError if it is longer than `limit`; it stays in the buffer
   */
  readLine(options: WaitOptions = noOptions): Promise<Buffer | null> {
    return this.#readUntil(newline, options, (rest) => (rest.length === 0 ? null : rest));
  }

  /** The lines until the end of the stream. Leaving the loop leaves the stream open. */
  lines(options: WaitOptions = noOptions): AsyncIterableIterator<Buffer, undefined> {
    return new StreamIterator(() => this.readLine(options));
  }

  /** What comes, as it comes, until the end of the stream. Leaving the loop leaves the stream open. */
  chunks(options: WaitOptions = noOptions): AsyncIterableIterator<Buffer, undefined> {
    return new StreamIterator(() => this.read(this.limit, options));
  }

  /** Its lines, as `async for` in asyncio. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Buffer, undefined> {
    return this.lines();
  }

  /**
   * Bytes have arrived.
   * @internal
   */
  feed(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#buffer.push(chunk);
    this.#serve();
    this.#adjust();
  }

  /**
   * Nothing more will come.
   * @internal
   */
  feedEnd(): void {
    this.#ended = true;
    this.#serve();
  }

  /**
   * The stream is broken. What arrived before can be read.
   * @internal
   */
  fail(failure: Failure): void {
    this.#failure ??= failure;
    this.#serve();
  }

  get #name(): string {
    const { kind, name } = this.#source.resource;
    return `${kind} ${name}`;
  }

  #readUntil(
    separator: Separator | readonly Separator[],
    options: WaitOptions,
    atEnd: (rest: Buffer) => Buffer | null,
  ): Promise<Buffer | null> {
    let search: SeparatorSearch;
    return this.#answer(
      () => (search = new SeparatorSearch(separator, this.#source.resource)),
      options,
      () => {
        const length = search.find(this.#buffer, this.limit);
        if (length !== null) return this.#take(length);
        return this.#hasEnded() ? atEnd(this.#take(this.#buffer.size)) : undefined;
      },
    );
  }

  /** Answers at once if it can. */
  #answer<Value>(check: () => unknown, options: WaitOptions, answer: () => Value | undefined): Promise<Value> {
    try {
      check();
      throwIfEnded(options);
      const other = this.#waiting.first;
      if (other !== null) {
        const { id, origin } = other.task;
        const who = id === 0 ? origin.name : `${origin.name} #${id}`;
        throw new StateError(`${who} waits to read from ${this.#name}: one task reads at a time`);
      }
      const value = answer();
      if (value !== undefined) return Promise.resolve(value);
      const waiter = new Waiter<unknown, Answer>('read', this.#source.resource, answer, options, this.#waiting);
      this.#adjust();
      return waiter.promise as Promise<Value>;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #serve(): void {
    const waiter = this.#waiting.first;
    if (waiter === null) return;
    try {
      const value = waiter.item();
      if (value !== undefined) waiter.resolve(value);
    } catch (error) {
      waiter.reject(error);
    }
  }

  #take(count: number): Buffer {
    const taken = this.#buffer.take(count);
    this.#read += taken.length;
    this.#adjust();
    return taken;
  }

  /** Whether nothing more will come. Throws what broke the stream. */
  #hasEnded(): boolean {
    if (this.#failure !== null) {
      this.#failure.isKnown = true;
      throw this.#failure.error;
    }
    return this.#ended;
  }

  /** Lets the bytes flow while somebody waits for them, and until the buffer is full; again when it is half empty. */
  #adjust(): void {
    const { size } = this.#buffer;
    const waits = this.#waiting.size > 0;
    if (!this.#paused && !waits && size > this.limit) {
      this.#paused = true;
      this.#source.pause();
    } else if (this.#paused && (waits || size <= this.limit / 2)) {
      this.#paused = false;
      this.#source.resume();
    }
  }
}
