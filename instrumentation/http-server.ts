// node:http and node:https as a server: each request is a task from its headers to the end of its response.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { TaskRecord } from '../src/channels/task.ts';
import { enterTask } from '../src/runtime/context.ts';
import { isOwnWork } from '../src/runtime/own-work.ts';
import { setRequestSource } from '../src/runtime/requests.ts';
import { RequestRecord } from './request-record.ts';

const mostRequests = 100_000;
const smallestSweep = 64;
/** Of requests whose clients have gone, and that wait for something all the same: they may never end. */
const mostGone = 1000;

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly server: Server;
}

/** Fastify calls the handler of a route. */
interface Routed {
  readonly reply: { readonly raw: ServerResponse };
  readonly route?: { readonly url?: string };
}

const pending = new Map<ServerResponse, RequestRecord>();
const gone = new Set<RequestRecord>();
let untilSweep = smallestSweep;

/** What is done from now on, in this callback of the parser, is done for the request. */
export function started({ request, response, server }: Exchange): void {
  if (isOwnWork(server)) return;
  if (--untilSweep < 0) sweep();
  if (pending.size >= mostRequests) return;
  const record = new RequestRecord(request.method ?? 'GET', request.url ?? '/', response);
  pending.set(response, record);
  enterTask(record);
}

/** The last byte was handed to the system. */
export function finished({ response }: Pick<Exchange, 'response'>): void {
  const record = pending.get(response);
  if (record === undefined) return;
  pending.delete(response);
  record.settle(true);
}

/** Fastify knows its route by now. */
export function routed({ reply, route }: Routed): void {
  const url = route?.url;
  if (typeof url === 'string') pending.get(reply.raw)?.setRoute(url);
}

export function start(): void {
  setRequestSource(requests);
}

/** Forgets all of them. */
export function stop(): void {
  setRequestSource(null);
  for (const record of [...pending.values(), ...gone]) record.settle(true);
  pending.clear();
  gone.clear();
}

function requests(): TaskRecord[] {
  sweep();
  return [...gone, ...pending.values()];
}

/**
 * Takes out what nobody will answer. No channel says that a client has gone, and a listener of ours at each response would
 * be seen by the program, and cost more than all the rest.
 */
function sweep(): void {
  for (const [response, record] of pending) {
    if (!response.destroyed) continue;
    pending.delete(response);
    if (gone.size < mostGone && !record.isAbandoned) gone.add(record);
    else record.settle(false);
  }
  for (const record of gone) {
    if (!record.isAbandoned) continue;
    gone.delete(record);
    record.settle(false);
  }
  untilSweep = Math.max(smallestSweep, pending.size);
}
