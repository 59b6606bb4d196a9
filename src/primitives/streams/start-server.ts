// asyncio's start_server, over node:net and node:tls: a task for each client.
import type { ListenOptions, Server, Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { inspect } from 'node:util';
import { ArgumentError, CancelledError } from '../../errors.ts';
import { parentForNew } from '../../runtime/context.ts';
import { loadNode } from '../../runtime/load.ts';
import { onRunEnd } from '../../runtime/run-end.ts';
import { checkAddress, hostAndPort } from './address.ts';
import { checkCount, checkFunction, checkName, describe, nameOf } from '../arguments.ts';
import type { StreamReader } from './stream-reader.ts';
import { StreamServer } from './stream-server.ts';
import type { StreamWriter } from './stream-writer.ts';
import { defaultLimit, Stream } from './stream.ts';
import { startTask } from '../tasks/task.ts';
import { throwIfEnded, Waiter, type WaitOptions } from '../waiter.ts';

export interface StartServerOptions extends WaitOptions {
  /** Where to listen. Default: all addresses of the machine. */
  readonly host?: string;
  /** From 0 to 65,535; 0, the default, is any that is free: `server.port` says which. */
  readonly port?: number;
  /** A Unix socket or a named pipe, instead of host and port. */
  readonly path?: string;
  /** Options of `tls.createServer`: speaks TLS. They need `key` and `cert`. */
  readonly tls?: TlsOptions;
  /** How many clients may stand in line to be accepted. Default: that of Node, 511. */
  readonly backlog?: number;
  /** Bytes that a reader buffers, and its longest line. Default 65,536. */
  readonly limit?: number;
  /** What reports, spans and metrics call the task of a client. Default: the name of the handler, or `connection`. */
  readonly name?: string;
  /**
   * Called with what a handler threw. Default: a warning of the process with the stack, of type `ConnectionWarning`:
   * what one client causes ends no server.
   */
  readonly onError?: (error: unknown, stream: { readonly name: string; readonly writer: StreamWriter }) => void;
}

/** Serves one client. It closes the writer, or hands it on to somebody who does. */
export type ConnectionHandler = (reader: StreamReader, writer: StreamWriter) => unknown;

/**
 * Listens, and runs the handler as a task for each client. If the handler throws or its task is cancelled, the stream of
 * that client is closed. If it returns, its stream stays open until the writer is closed, as in asyncio. A server that is
 * made in a `run` is closed at its end, with its clients.
 * @example
 * const server = await startServer(async function echo(reader, writer) {
 *   await using _ = writer;
 *   for await (const line of reader) { writer.write(line); await writer.drain(); }
 * }, { host: '127.0.0.1', port: 8888 });
 * @throws the error of the socket, such as EADDRINUSE
 */
export async function startServer(handler: ConnectionHandler, options: StartServerOptions = {}): Promise<StreamServer> {
  checkFunction(handler, 'the handler of a server');
  throwIfEnded(options);
  const {
    host,
    path,
    port = path === undefined ? 0 : undefined,
    tls,
    backlog,
    limit = defaultLimit,
    onError,
  } = options;
  checkCount(limit, 'limit', 1);
  checkAddress(host, port, path);
  if (backlog !== undefined) checkCount(backlog, 'backlog', 0);
  if (onError !== undefined) checkFunction(onError, 'onError');
  if (tls !== undefined && (typeof tls !== 'object' || tls === null)) {
    throw new ArgumentError(`tls must be options of tls.createServer with key and cert, got ${describe(tls)}`);
  }
  const name = checkName(options.name, nameOf(handler, 'connection'));
  const transport = tls === undefined ? 'tcp' : 'tls';
  const listener = tls === undefined ? createServer() : createTlsServer(tls);
  const at = path === undefined ? hostAndPort(host ?? '*', port as number) : path;
  const server = new StreamServer(`server ${at}`, listener);

  listener.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    const { remoteAddress, remotePort } = socket;
    const peer =
      remoteAddress === undefined ? `unix ${at}` : `${transport} ${hostAndPort(remoteAddress, remotePort ?? 0)}`;
    const stream = new Stream(peer, socket, limit);
    const { reader, writer } = stream;
    server.add(stream, socket);
    const task = startTask('task', () => handler(reader, writer), { name }, parentForNew());
    task.watch((rejected, error) => {
      if (!rejected) return;
      writer.close();
      if (error instanceof CancelledError && task.settlement?.outcome === 'cancelled') return;
      if (onError === undefined) warn(name, peer, error);
      else onError(error, stream);
    });
  });

  const waiter = new Waiter<void>('connect', server, undefined, options, null);
  const failed = (error: unknown): void => waiter.reject(error);
  listener.once('error', failed);
  const where: ListenOptions = path === undefined ? { port, ...(host !== undefined && { host }) } : { path };
  listener.listen({ ...where, ...(backlog !== undefined && { backlog }) }, () => {
    server.markListening();
    waiter.resolve();
  });
  try {
    await waiter.promise;
    listener.once(
      'close',
      onRunEnd(async () => closeNow(server)),
    );
    return server;
  } catch (error) {
    listener.close();
    throw error;
  } finally {
    listener.off('error', failed);
  }
}

/** With the run it was made in: its clients are not asked. */
async function closeNow(server: StreamServer): Promise<void> {
  server.close();
  server.abortClients();
  await server.waitClosed();
}

function createServer(): Server {
  const net = loadNode('node:net') as typeof import('node:net');
  return net.createServer({ allowHalfOpen: true, noDelay: true });
}

function createTlsServer(options: TlsOptions): Server {
  const tls = loadNode('node:tls') as typeof import('node:tls');
  return tls.createServer({ noDelay: true, ...options });
}

function warn(name: string, peer: string, error: unknown): void {
  const [message, stack] = error instanceof Error ? [error.message, error.stack] : [inspect(error), undefined];
  process.emitWarning(`the handler ${name} of ${peer} failed: ${message}`, {
    type: 'ConnectionWarning',
    code: 'LOOPSCOPE_CONNECTION',
    ...(stack !== undefined && { detail: stack }),
  });
}
