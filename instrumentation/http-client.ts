// node:http and node:https as a client: a request waits for its response until its headers are there.
import type { ClientRequest } from 'node:http';
import { CallSites } from '../src/runtime/call-site.ts';
import { isOwnWork } from '../src/runtime/own-work.ts';
import { callerNow } from './caller-record.ts';
import { clientOf } from './client-record.ts';
import { operationName } from './request-record.ts';

interface Message {
  readonly request: ClientRequest & { readonly agent?: unknown; readonly socketPath?: string };
}

const sites = new CallSites();
const ends = new WeakMap<ClientRequest, (error?: unknown) => void>();

export function created({ request }: Message): void {
  if (isOwnWork(request.agent)) return;
  const { method, path } = request;
  ends.set(request, clientOf(nameOf(request)).begin(callerNow(sites, 'http'), operationName(method, path)));
}

/** The headers of the response are there, or there was an error. */
export function ended({ request, error }: Message & { readonly error?: unknown }): void {
  ends.get(request)?.(error);
}

function nameOf(request: Message['request']): string {
  if (typeof request.socketPath === 'string') return `http unix:${request.socketPath}`;
  const { host, protocol } = request;
  const header = request.getHeader('host');
  // it has the port, unless that is the usual one; a program may also say there whatever it likes
  const isHost = typeof header === 'string' && header.startsWith(`${host}:`);
  return `http ${isHost ? header : `${host}:${protocol === 'https:' ? 443 : 80}`}`;
}
