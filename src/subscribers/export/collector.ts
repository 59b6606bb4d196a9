// Whether anybody listens at a collector's URL.
import { connect, type Socket } from 'node:net';

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

/** A host with several addresses fails with an error for each, and no message of its own. */
function reasonOf(error: Error): string {
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return inner instanceof Error ? inner.message : String(inner);
}
