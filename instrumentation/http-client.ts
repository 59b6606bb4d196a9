// node:http and node:https as a client: a request waits for its response until its headers are there.
import type { ClientRequest } from 'node:http';
import { CallSites } from '../src/runtime/call-site.ts';
import { isOwnWork } from '../src/runtime/own-work.ts';
import { callerNow } from './caller-record.ts';
import { clientOf } from './client-record.ts';
import { InFlight } from './in-flight-record.ts';
import { operationName } from './request-record.ts';

interface Message {
  readonly request: ClientRequest & { readonly agent?: unknown; readonly socketPath?: string };
}

const sites = new CallSites();
const inFlight = new InFlight();

export function created({ request }: Message): void {
  if (inFlight.isFull || isOwnWork(request.agent)) return;
  const { method, path } = request;
  // what becomes a connection has no response that Node would tell of
  if (method === 'CONNECT' || request.hasHeader('upgrade')) return;
  inFlight.add(request, clientOf(nameOf(request)).begin(callerNow(sites, 'http'), operationName(method, path)));
}

/** The headers of the response are there, or there was an error. */
export function ended({ request, error }: Message & { readonly error?: unknown }): void {
  inFlight.end(request, error);
}

/** What is in flight is not seen any more. */
export function stop(): void {
  inFlight.clear();
}

function nameOf(request: Message['request']): string {
  if (typeof request.socketPath === 'string') return `http unix:${request.socketPath}`;
  const { host, protocol } = request;
  const header = request.getHeader('host');
  // it has the port, unless that is the usual one; a program may also say there whatever it likes
  const isHost = typeof header === 'string' && header.startsWith(`${host}:`);
  return `http ${isHost ? header : `${host}:${protocol === 'https:' ? 443 : 80}`}`;
}
