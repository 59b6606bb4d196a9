// A connection as a resource: one socket, its reader and its writer.
import type { Socket } from 'node:net';
import type { Hold, ResourceRecord } from '../../channels/resource.ts';
import type { Site } from '../../channels/site.ts';
import type { StreamStatistics } from '../../channels/statistics.ts';
import { announce, identify } from '../../runtime/resource.ts';
import { StreamReader, type Source } from './stream-reader.ts';
import { StreamWriter } from './stream-writer.ts';

/** As asyncio's: 64 KiB. */
export const defaultLimit = 2 ** 16;

/** Both ends of a stream. `await using` closes it. */
export interface Connection extends AsyncDisposable {
  readonly reader: StreamReader;
  readonly writer: StreamWriter;
}

/** One connection, from the moment it is asked for until it is closed. */
export class Stream implements ResourceRecord, Source, Connection {
  readonly kind = 'stream';
  readonly name: string;
  readonly id: number;
  readonly createdAt: number;
  readonly site: Site | null;
  readonly reader: StreamReader;
  readonly writer: StreamWriter;
  readonly #socket: Socket;

  constructor(name: string, socket: Socket, limit: number) {
    this.name = name;
    this.#socket = socket;
    ({ id: this.id, createdAt: this.createdAt, site: this.site } = identify(name));
    this.reader = new StreamReader(this, limit);
    this.writer = new StreamWriter(this, socket);
    announce(this);
    const { reader, writer } = this;
    socket.on('data', (chunk: Buffer) => reader.feed(chunk));
    socket.on('end', () => reader.feedEnd());
    socket.on('error', (error) => {
      const failure = { error, isKnown: false };
      reader.fail(failure);
      writer.fail(failure);
    });
    socket.on('close', () => {
      reader.feedEnd();
      writer.markClosed();
    });
  }

  get resource(): this {
    return this;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  statistics(): StreamStatistics {
    const { reader, writer } = this;
    return Object.freeze({
      kind: 'stream',
      buffered: reader.buffered,
      unsent: writer.unsent,
      read: reader.bytesRead,
      written: writer.bytesWritten,
      isClosed: this.#socket.destroyed,
    });
  }

  /** Nobody holds a stream. */
  holders(): Iterable<Hold> {
    return [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.writer[Symbol.asyncDispose]();
  }
}
