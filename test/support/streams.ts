// Streams for tests: a reader that is fed by hand, and both ends of a connection over a real socket.
import { openConnection, startServer, type Connection, type StreamServer } from '../../src/index.ts';
import type { ResourceRecord } from '../../src/channels/resource.ts';
import { StreamReader } from '../../src/primitives/streams/stream-reader.ts';

/** A reader without a socket, and what its source was told. */
export interface Feeder {
  readonly reader: StreamReader;
  readonly log: string[];
  feed(...chunks: string[]): void;
  end(): void;
  fail(error: Error): void;
}

export function feeder(limit: number = 2 ** 16): Feeder {
  const log: string[] = [];
  const resource: ResourceRecord = {
    id: 0,
    kind: 'stream',
    name: 'fed',
    createdAt: 0,
    site: null,
    statistics: () => ({ kind: 'stream', buffered: 0, unsent: 0, read: 0, written: 0, isClosed: false }),
    holders: () => [],
  };
  const source = { resource, pause: () => void log.push('pause'), resume: () => void log.push('resume') };
  const reader = new StreamReader(source, limit);
  return {
    reader,
    log,
    feed: (...chunks) => {
      for (const chunk of chunks) reader.feed(Buffer.from(chunk));
    },
    end: () => reader.feedEnd(),
    fail: (error) => reader.fail({ error, isKnown: false }),
  };
}

const kept: AsyncDisposable[] = [];

/** Sees to it that something is disposed of by `disposeKept`: Node 22 does not know `await using`. */
export function keep<Thing extends AsyncDisposable>(thing: Thing): Thing {
  kept.push(thing);
  return thing;
}

/** Disposes of what was kept, the newest first. */
export async function disposeKept(): Promise<void> {
  for (let thing = kept.pop(); thing !== undefined; thing = kept.pop()) await thing[Symbol.asyncDispose]();
}

/** Everything that comes, until the end. */
export async function collect<Item>(source: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of source) items.push(item);
  return items;
}

/** Text of what was read; null stays null. */
export async function text(read: Promise<Buffer | null>): Promise<string | null> {
  const bytes = await read;
  return bytes === null ? null : bytes.toString('latin1');
}

export interface Pair extends AsyncDisposable {
  readonly client: Connection;
  /** The other end. */
  readonly peer: Connection;
  readonly server: StreamServer;
}

/** A client and its server's end, connected on 127.0.0.1. Disposed of: all are closed. */
export async function connectedPair(limits: { readonly client?: number; readonly peer?: number } = {}): Promise<Pair> {
  const { promise, resolve } = Promise.withResolvers<Omit<Connection, typeof Symbol.asyncDispose>>();
  const server = await startServer((reader, writer) => resolve({ reader, writer }), {
    host: '127.0.0.1',
    ...(limits.peer !== undefined && { limit: limits.peer }),
  });
  const client = await openConnection({
    host: '127.0.0.1',
    port: server.port as number,
    ...(limits.client !== undefined && { limit: limits.client }),
  });
  const { reader, writer } = await promise;
  return {
    client,
    peer: { reader, writer, [Symbol.asyncDispose]: () => writer[Symbol.asyncDispose]() },
    server,
    async [Symbol.asyncDispose]() {
      client.writer.abort();
      server.abortClients();
      await server[Symbol.asyncDispose]();
    },
  };
}
