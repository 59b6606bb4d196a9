// asyncio's open_connection, over node:net and node:tls.
import type { Socket } from 'node:net';
import type { ConnectionOptions as TlsOptions } from 'node:tls';
import { ArgumentError } from '../../errors.ts';
import { loadNode } from '../../runtime/load.ts';
import { onRunEnd } from '../../runtime/run-end.ts';
import { checkCount, checkName, describe } from '../arguments.ts';
import { checkAddress, hostAndPort } from './address.ts';
import { defaultLimit, Stream, type Connection } from './stream.ts';
import { throwIfEnded, Waiter, type WaitOptions } from '../waiter.ts';

export interface OpenConnectionOptions extends WaitOptions {
  /** Default `localhost`. */
  readonly host?: string;
  /** From 0 to 65,535. Needed where there is no `path`. */
  readonly port?: number;
  /** A Unix socket or a named pipe, instead of host and port. */
  readonly path?: string;
  /** True, or options of `tls.connect`: speaks TLS. Default false. */
  readonly tls?: boolean | TlsOptions;
  /** Bytes that the reader buffers, and its longest line. Default 65,536. */
  readonly limit?: number;
  /** What reports, spans and metrics call it. Default `tcp host:port`, `tls host:port` or `unix path`. */
  readonly name?: string;
  /** Ends the attempt to connect with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Milliseconds after which the attempt to connect ends with a `TimeoutError`. Default: those of the system. */
  readonly timeout?: number;
}

/**
 * Connects to a server.
 * @example
 * await using connection = await openConnection({ host: '127.0.0.1', port: 8888, timeout: 1000 });
 * const { reader, writer } = connection;
 * writer.write('hello\n');
 * const line = await reader.readLine();
 * @returns the reader and the writer; the caller closes the writer. One that is left open is closed at the end of its `run`
 * @throws the error of the socket, such as ECONNREFUSED
 */
export async function openConnection(options: OpenConnectionOptions): Promise<Connection> {
  throwIfEnded(options);
  const { host = 'localhost', port, path, tls = false, limit = defaultLimit } = options;
  checkCount(limit, 'limit', 1);
  checkAddress(host, port, path);
  if (typeof tls !== 'boolean' && (typeof tls !== 'object' || tls === null)) {
    throw new ArgumentError(`tls must be true or options of tls.connect, got ${describe(tls)}`);
  }
  const target = path === undefined ? hostAndPort(host, port as number) : path;
  const transport = path === undefined ? 'tcp' : 'unix';
  const name = checkName(options.name, `${tls === false ? transport : 'tls'} ${target}`);
  const where = path === undefined ? { host, port: port as number } : { path };
  const socket = tls === false ? connect(where) : connectTls(where, tls);
  const stream = new Stream(name, socket, limit);
  const waiter = new Waiter<void>('connect', stream, undefined, options, null);
  const ready = (): void => waiter.resolve();
  const failed = (error: unknown): void => waiter.reject(error);
  socket.once(tls === false ? 'connect' : 'secureConnect', ready);
  socket.once('error', failed);
  try {
    await waiter.promise;
    socket.once(
      'close',
      onRunEnd(() => stream.writer.abort()),
    );
    return stream;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    socket.off('error', failed);
  }
}

type Where = { readonly host: string; readonly port: number } | { readonly path: string };

function connect(where: Where): Socket {
  const net = loadNode('node:net') as typeof import('node:net');
  return net.connect({ ...where, allowHalfOpen: true, noDelay: true });
}

function connectTls(where: Where, options: true | TlsOptions): Socket {
  const tls = loadNode('node:tls') as typeof import('node:tls');
  const socket = tls.connect({ ...(options === true ? {} : options), ...where, ...serverName(where, options) });
  return socket.setNoDelay(true);
}

/** The name that the certificate must have: that of the host, unless it is a bare address. */
function serverName(where: Where, options: true | TlsOptions): { servername?: string } {
  const isKnown = options !== true && options.servername !== undefined;
  const { isIP } = loadNode('node:net') as typeof import('node:net');
  return isKnown || !('host' in where) || isIP(where.host) !== 0 ? {} : { servername: where.host };
}
