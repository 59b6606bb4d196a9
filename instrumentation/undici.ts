// fetch and undici, the one in Node and those from npm alike: a request waits for its response until its headers are there.
import { CallSites } from '../src/runtime/call-site.ts';
import { callerNow } from './caller-record.ts';
import { clientOf } from './client-record.ts';
import { operationName } from './request-record.ts';

interface Message {
  readonly request: { readonly origin: string | URL; readonly method: string; readonly path: string };
}

const sites = new CallSites();
const ends = new WeakMap<object, (error?: unknown) => void>();

export function created({ request }: Message): void {
  const { origin, method, path } = request;
  ends.set(request, clientOf(nameOf(origin)).begin(callerNow(sites, 'fetch'), operationName(method, path)));
}

/** The headers of the response are there, or there was an error. */
export function ended({ request, error }: Message & { readonly error?: unknown }): void {
  ends.get(request)?.(error);
}

function nameOf(origin: string | URL): string {
  const text = String(origin);
  const at = text.indexOf('://');
  const host = text.slice(at + 3);
  return `http ${/:\d+$/.test(host) ? host : `${host}:${text.startsWith('https') ? 443 : 80}`}`;
}
