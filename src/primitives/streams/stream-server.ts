// What startServer returns: a listening socket, and the streams of its clients.
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Hold, ResourceRecord } from '../../channels/resource.ts';
import type { Site } from '../../channels/site.ts';
import type { StreamStatistics } from '../../channels/statistics.ts';
import { List } from '../../runtime/list.ts';
import { identify } from '../../runtime/resource.ts';
import { hostAndPort } from './address.ts';
import type { Stream } from './stream.ts';
import { noOptions, throwIfEnded, Waiter, type WaitOptions } from '../waiter.ts';

/** asyncio's Server. `await using` closes it and waits for its clients. */
export class StreamServer implements ResourceRecord, AsyncDisposable {
  readonly kind = 'stream';
  /** `server 127.0.0.1:8888` */
  name: string;
  readonly id: number;
  readonly createdAt: number;
  readonly site: Site | null;
  readonly #server: Server;
  readonly #streams = new Set<Stream>();
  readonly #closers: List<Waiter<void>> = new List();
  #read = 0;
  #written = 0;
  #isClosed = false;

  /**
   * Servers are made by `startServer`.
   * @internal
   */
  constructor(name: string, server: Server) {
    this.name = name;
    this.#server = server;
    ({ id: this.id, createdAt: this.createdAt, site: this.site } = identify(name));
    server.on('close', () => {
      this.#isClosed = true;
      this.#wakeClosers();
    });
  }

  /** Where it listens: address, port and family; the path of a Unix socket; null once it is closed. */
  get address(): AddressInfo | string | null {
    return this.#server.address();
  }

  /** The port it listens on; null for a Unix socket, and once it is closed. */
  get port(): number | null {
    const { address } = this;
    return typeof address === 'object' && address !== null ? address.port : null;
  }

  /** Whether it takes new clients. */
  get isListening(): boolean {
    return this.#server.listening;
  }

  /** How many clients are connected. */
  get connections(): number {
    return this.#streams.size;
  }

  /** Takes no new clients. Those that are connected stay. */
  close(): void {
    if (this.#server.listening) this.#server.close();
  }

  /** Closes the streams of all clients, each once all is sent that was written to it. */
  closeClients(): void {
    for (const { writer } of this.#streams) writer.close();
  }

  /** Closes the streams of all clients now. */
  abortClients(): void {
    for (const { writer } of this.#streams) writer.abort();
  }

  /** Waits until it is closed and its last client is gone. */
  waitClosed(options: WaitOptions = noOptions): Promise<void> {
    try {
      throwIfEnded(options);
      if (this.#isGone) return Promise.resolve();
      return new Waiter<void>('join', this, undefined, options, this.#closers).promise;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.waitClosed();
  }

  /** What all its clients have sent and got. */
  statistics(): StreamStatistics {
    let [buffered, unsent, read, written] = [0, 0, this.#read, this.#written];
    for (const { reader, writer } of this.#streams) {
      buffered += reader.buffered;
      unsent += writer.unsent;
      read += reader.bytesRead;
      written += writer.bytesWritten;
    }
    return Object.freeze({ kind: 'stream', buffered, unsent, read, written, isClosed: this.#isGone });
  }

  /** Nobody holds a server. */
  holders(): Iterable<Hold> {
    return [];
  }

  /**
   * It listens: the port is known now, if any was right.
   * @internal
   */
  markListening(): void {
    const { address } = this;
    if (typeof address === 'object' && address !== null) {
      this.name = `server ${hostAndPort(address.address, address.port)}`;
    }
  }

  /**
   * A client has connected: its stream is one of the server's until it is closed.
   * @internal
   */
  add(stream: Stream, socket: Socket): void {
    this.#streams.add(stream);
    socket.once('close', () => {
      this.#streams.delete(stream);
      this.#read += stream.reader.bytesRead;
      this.#written += stream.writer.bytesWritten;
      this.#wakeClosers();
    });
  }

  get #isGone(): boolean {
    return this.#isClosed && this.#streams.size === 0;
  }

  /** The server is closed before its last sockets are. */
  #wakeClosers(): void {
    if (!this.#isGone) return;
    for (let waiter = this.#closers.first; waiter !== null; waiter = this.#closers.first) waiter.resolve();
  }
}
