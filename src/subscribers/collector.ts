// The way to a collector: whether anybody listens there, and connections which do not keep the process alive.
import { Agent, type AgentOptions, type ClientRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

const probeMs = 1000;

/**
 * Tries to connect, because an exporter that is refused tries again for ten seconds and holds the process meanwhile.
 * @returns why nobody can be reached at this URL; null if somebody can, or if that cannot be told beforehand
 */
export function whyUnreachable(url: string): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  let socket: Socket;
  try {
    const { hostname, port, protocol } = new URL(url);
    if (hostname === '') return Promise.resolve(null);
    const portNumber = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
    socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: portNumber });
  } catch {
    return Promise.resolve(null); // no URL: the exporter knows better what it means
  }
  socket.unref();
  const timer = setTimeout(resolve, probeMs, `no connection within ${probeMs} ms`);
  timer.unref();
  socket.once('connect', () => resolve(null));
  socket.once('error', (error) => resolve(reasonOf(error)));
  return promise.finally(() => {
    clearTimeout(timer);
    socket.destroy();
  });
}

/** An agent for HTTP whose connections keep no process alive, in use or not. */
export class QuietAgent extends Agent {
  constructor(options: AgentOptions = { keepAlive: true }) {
    super(options);
  }

  override createConnection(...parameters: Parameters<Agent['createConnection']>): Duplex | null | undefined {
    const socket = super.createConnection(...parameters);
    if (socket != null && 'unref' in socket) (socket as Socket).unref();
    return socket;
  }

  override reuseSocket(socket: Duplex, request: ClientRequest): void {
    super.reuseSocket(socket, request);
    if ('unref' in socket) (socket as Socket).unref();
  }
}

/** A host with several addresses fails with an error for each, and no message of its own. */
function reasonOf(error: Error): string {
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return inner instanceof Error ? inner.message : String(inner);
}
