// fetch and undici, the one in Node and those from npm alike: a request waits for its response until its headers are there.
import { CallSites } from '../src/runtime/call-site.ts';
import { callerNow } from './caller-record.ts';
import { clientOf } from './client-record.ts';
import { InFlight } from './in-flight-record.ts';
import { operationName } from './request-record.ts';

interface Message {
  readonly request: {
    readonly origin: string | URL;
    readonly method: string;
    readonly path: string;
    readonly upgrade?: unknown;
  };
}

const sites = new CallSites();
const inFlight = new InFlight();

export function created({ request }: Message): void {
  const { origin, method, path, upgrade } = request;
  // what becomes a connection, as of a WebSocket, has no response that undici would tell of
  if (inFlight.isFull || method === 'CONNECT' || Boolean(upgrade)) return;
  inFlight.add(request, clientOf(nameOf(origin)).begin(callerNow(sites, 'fetch'), operationName(method, path)));
}

/** The headers of the response are there, or there was an error. */
export function ended({ request, error }: Message & { readonly error?: unknown }): void {
  inFlight.end(request, error);
}

/** What is in flight is not seen any more. */
export function stop(): void {
  inFlight.clear();
}

function nameOf(origin: string | URL): string {
  const text = String(origin);
  const at = text.indexOf('://');
  const host = text.slice(at + 3);
  return `http ${/:\d+$/.test(host) ? host : `${host}:${text.startsWith('https') ? 443 : 80}`}`;
}
