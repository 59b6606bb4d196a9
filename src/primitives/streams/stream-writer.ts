// The writing end of a stream, as asyncio's StreamWriter.
import type { Socket } from 'node:net';
import type { ResourceRecord } from '../../channels/resource.ts';
import { ArgumentError, StateError } from '../../errors.ts';
import { List } from '../../runtime/list.ts';
import type { Failure } from './stream-reader.ts';
import { noOptions, throwIfEnded, Waiter, type WaitOptions } from '../waiter.ts';

/**
 * Writes bytes and text. `write` never waits: after it, `await drain()` lets a slow receiver catch up.
 * `await using` closes the stream and waits until it is closed.
 */
export class StreamWriter implements AsyncDisposable, Disposable {
  /** The socket itself: addresses, certificates, options. Reading or writing past the reader and writer mixes up the bytes. */
  readonly socket: Socket;
  readonly #resource: ResourceRecord;
  readonly #drainers: List<Waiter<void>> = new List();
  readonly #closers: List<Waiter<void>> = new List();
  #written = 0;
  #ended = false;
  #closed = false;
  #failure: Failure | null = null;

  /**
   * Writers are made by `openConnection` and `startServer`.
   * @internal
   */
  constructor(resource: ResourceRecord, socket: Socket) {
    this.#resource = resource;
    this.socket = socket;
    const drained = (): void => this.#settle(this.#drainers, null);
    socket.on('drain', drained);
    // after the last write there is no 'drain'
    socket.on('finish', drained);
  }

  /** Bytes that were written and are not sent yet. */
  get unsent(): number {
    return this.#closed ? 0 : this.socket.writableLength;
  }

  /** Bytes that were written. */
  get bytesWritten(): number {
    return this.#written;
  }

  /** Whether `close` was called, or the connection is gone. */
  get isClosing(): boolean {
    return this.#ended || this.#closed || this.#failure !== null;
  }

  /**
   * Sends bytes, or text as UTF-8, as soon as possible. On a connection that is broken they are lost: `drain` says so.
   * @throws StateError after `close` or `writeEof`
   */
  write(data: string | Uint8Array): void {
    if (typeof data !== 'string' && !(data instanceof Uint8Array)) {
      throw new ArgumentError(`what is written must be a string or Uint8Array, got a value of type ${typeof data}`);
    }
    if (this.#ended) throw new StateError(`${this.#name} takes nothing more: it was closed for writing`);
    this.#written += typeof data === 'string' ? Buffer.byteLength(data) : data.length;
    if (this.#failure === null && !this.#closed && this.socket.writable) this.socket.write(data);
  }

  /** Waits until there is room for more, if there is none. Rejects if the connection is broken. */
  drain(options: WaitOptions = noOptions): Promise<void> {
    try {
      throwIfEnded(options);
      this.#throwFailure();
      if (this.#closed) throw this.#closedError();
      if (!this.socket.writableNeedDrain) return Promise.resolve();
      return new Waiter<void>('drain', this.#resource, undefined, options, this.#drainers).promise;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Tells the other end that nothing more comes, and goes on reading. */
  writeEof(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.socket.end();
  }

  /** Closes the stream once all is sent that was written. `waitClosed` says when. */
  close(): void {
    this.#ended = true;
    this.socket.destroySoon();
  }

  /** Closes the stream now. What is not sent is lost. */
  abort(): void {
    this.#ended = true;
    this.socket.destroy();
  }

  /** Waits until the stream is closed, by whomever. Rejects with the error that closed it, if it was one. */
  waitClosed(options: WaitOptions = noOptions): Promise<void> {
    try {
      throwIfEnded(options);
      if (this.#closed) {
        this.#throwFailure();
        return Promise.resolve();
      }
      return new Waiter<void>('join', this.#resource, undefined, options, this.#closers).promise;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Closes the stream, without waiting for that. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Closes the stream and waits for that. Throws what broke the connection if no read, drain or wait has told it yet. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    const isKnown = this.#failure?.isKnown === true;
    try {
      await this.waitClosed();
    } catch (error) {
      if (!isKnown || this.#failure?.error !== error) throw error;
    }
  }

  /**
   * The connection is broken.
   * @internal
   */
  fail(failure: Failure): void {
    this.#failure ??= failure;
    this.#settle(this.#drainers, this.#failure);
  }

  /**
   * The connection is closed.
   * @internal
   */
  markClosed(): void {
    this.#closed = true;
    this.#settle(this.#drainers, this.#failure ?? { error: this.#closedError(), isKnown: false });
    this.#settle(this.#closers, this.#failure);
  }

  get #name(): string {
    return `${this.#resource.kind} ${this.#resource.name}`;
  }

  #closedError(): StateError {
    return new StateError(`${this.#name} is closed`);
  }

  #throwFailure(): void {
    if (this.#failure === null) return;
    this.#failure.isKnown = true;
    throw this.#failure.error;
  }

  #settle(waiters: List<Waiter<void>>, failure: Failure | null): void {
    for (let waiter = waiters.first; waiter !== null; waiter = waiters.first) {
      if (failure === null) waiter.resolve();
      else {
        failure.isKnown = true;
        waiter.reject(failure.error);
      }
    }
  }
}
