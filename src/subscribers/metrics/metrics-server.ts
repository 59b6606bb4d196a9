// Gives metrics as text: to Prometheus by HTTP, or to the supervisor through a socket. Keeps no process alive, and a port
// that somebody else has is said in one line and tried again.
import { AsyncLocalStorage } from 'node:async_hooks';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { markOwn } from '../../runtime/own-work.ts';

const path = '/metrics';
const tryAgainMs = 5000;
const longestAnswerMs = 2000;
const { setTimeout, clearTimeout } = globalThis; // before anybody fakes the timers
/** Runs in the context in which this module was loaded: a server would keep that of a task alive. */
const outside = AsyncLocalStorage.snapshot();

export interface MetricsServerOptions {
  readonly host: string;
  /** 0 for any that is free: then it is said which. */
  readonly port: number;
  /** @param withinMs for how long who asks will wait */
  readonly render: (withinMs: number) => Promise<string>;
  /** Says one line to people. */
  readonly say: (line: string) => void;
}

/** Serves `/metrics`. Returns what ends it, which may be called twice. */
export function serveMetrics({ host, port, render, say }: MetricsServerOptions): () => void {
  let timer: NodeJS.Timeout | undefined;
  let said = false;
  const server = outside(() =>
    createHttpServer((request, response) => {
      // Anybody may ask for anything, such as `//`, which is no URL.
      if (request.url?.split('?')[0] === path) void answer(response, () => render(timeFor(request)));
      else response.writeHead(404, { 'content-type': 'text/plain' }).end(`metrics are at ${path}\n`);
    }),
  );
  markOwn(server).unref();
  server.on('connection', (socket) => socket.unref());
  server.on('listening', () => {
    if (port === 0) say(`metrics are at ${urlOf(server)}`);
    else if (said) say(`metrics are at ${urlOf(server)} now`);
  });
  server.on('error', (error: NodeJS.ErrnoException) => {
    const isTaken = error.code === 'EADDRINUSE';
    if (!said) {
      const why = isTaken ? `port ${port} of ${host} is in use; it is tried again` : error.message;
      say(`metrics are not served: ${why}`);
    }
    said = true;
    if (isTaken) timer = outside(() => setTimeout(() => server.listen(port, host), tryAgainMs).unref());
  });
  outside(() => server.listen(port, host));
  return () => {
    clearTimeout(timer);
    server.removeAllListeners('error').on('error', () => {});
    server.close();
  };
}

/** Gives the text to whoever connects to a socket of the file system. Whatever fails is said in one line. */
export function giveMetrics(socketPath: string, render: () => Promise<string>, say: (line: string) => void): void {
  const server = outside(() =>
    createServer((socket) => {
      socket.unref();
      socket.on('error', () => {}); // who asked has gone
      render().then(
        (text) => socket.end(text),
        () => socket.destroy(),
      );
    }),
  );
  server.on('error', (error) => say(`metrics are not served: ${error.message}`));
  outside(() => server.listen(socketPath));
  server.unref();
}

/** Reads what `giveMetrics` gives; null if there is no answer in time, as of a process whose loop is blocked. */
export function readMetrics(socketPath: string, withinMs: number = longestAnswerMs): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const parts: Buffer[] = [];
  const socket = connect(socketPath);
  const timer = setTimeout(() => socket.destroy(new Error('no answer')), withinMs);
  socket.on('data', (part: Buffer) => parts.push(part));
  socket.on('error', () => resolve(null));
  socket.on('end', () => resolve(parts.length === 0 ? null : Buffer.concat(parts).toString()));
  socket.on('close', () => {
    clearTimeout(timer);
    resolve(null);
  });
  return promise;
}

async function answer(response: ServerResponse, render: () => Promise<string>): Promise<void> {
  try {
    const text = await render();
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text);
  } catch (error) {
    response.writeHead(500, { 'content-type': 'text/plain' }).end(`metrics could not be collected: ${String(error)}\n`);
  }
}

/** Prometheus says when it gives up: by then it must have what the others have said. */
function timeFor({ headers }: IncomingMessage): number {
  const seconds = Number(headers['x-prometheus-scrape-timeout-seconds']);
  return seconds > 0 ? Math.min(longestAnswerMs, (seconds * 1000) / 2) : longestAnswerMs;
}

function urlOf(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}${path}`;
}
