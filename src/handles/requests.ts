// Requests that Node's thread pool and resolver work on, in words.
import { className, type Found, type Unknown } from './found.ts';
import type { Target } from './network.ts';

// They belong to a socket, which says more.
const ofSockets = new Set(['TCPConnectWrap', 'PipeConnectWrap', 'WriteWrap', 'ShutdownWrap', 'SendWrap']);

/** Null for what belongs to something else that is listed. */
export function findRequest(request: Unknown): Found | null {
  const name = className(request);
  if (ofSockets.has(name)) return null;
  const base = { refed: true, keepsAlive: true, things: [request], ageMs: null };
  const { hostname, bindingName } = request;
  if (typeof hostname === 'string' || /^(?:GetAddrInfo|GetNameInfo|Query)ReqWrap$/.test(name)) {
    const what = typeof bindingName === 'string' ? bindingName.replace(/^query/, '').toUpperCase() : 'address';
    return { ...base, kind: 'dns', detail: `${what} of ${String(hostname)}` };
  }
  if (/^(?:FSReq|ReadFile)/.test(name)) return { ...base, kind: 'request', detail: 'of the file system' };
  return { ...base, kind: 'request', detail: name };
}

/** Where connections that are being made go to, in order. */
export function connectTargets(requests: readonly Unknown[]): Target[] {
  return requests.flatMap(({ address, port }) =>
    typeof address === 'string' && typeof port === 'number' ? [{ address, port }] : [],
  );
}
