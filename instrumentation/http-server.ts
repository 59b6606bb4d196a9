// node:http and node:https as a server: each request is a task from its headers to the end of its response.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { TaskRecord } from '../src/channels/task.ts';
import { currentTask, enterTask } from '../src/runtime/context.ts';
import { isOwnWork } from '../src/runtime/own-work.ts';
import { setRequestSource } from '../src/runtime/requests.ts';
import { RequestRecord } from './request-record.ts';

const mostRequests = 100_000;
const smallestSweep = 64;
const mostLookedThrough = 64;
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

/** In no order: each knows its place. */
const pending: RequestRecord[] = [];
const gone = new Set<RequestRecord>();
let untilSweep = smallestSweep;

/** What is done from now on, in this callback of the parser, is done for the request. */
export function started({ request, response, server }: Exchange): void {
  if (isOwnWork(server)) return;
  if (--untilSweep < 0) sweep();
  if (pending.length >= mostRequests) return;
  const record = new RequestRecord(request.method ?? 'GET', request.url ?? '/', response, pending.length);
  pending.push(record);
  enterTask(record);
}

/** The last byte was handed to the system. */
export function finished({ response }: Pick<Exchange, 'response'>): void {
  const record = recordOf(response);
  if (record === null) return;
  takeOut(record);
  record.settle(true);
}

/** Fastify knows its route by now. */
export function routed({ reply, route }: Routed): void {
  const url = route?.url;
  if (typeof url === 'string') recordOf(reply.raw)?.setRoute(url);
}

export function start(): void {
  setRequestSource(requests);
}

/** Forgets all of them. */
export function stop(): void {
  setRequestSource(null);
  for (const record of [...pending, ...gone]) record.settle(true);
  pending.length = 0;
  gone.clear();
}

/**
 * Most end in the context in which they began; of others few are looked through. Null for one that the next sweep finds.
 */
function recordOf(response: ServerResponse): RequestRecord | null {
  const current = currentTask();
  if (current instanceof RequestRecord && current.answers(response)) return current;
  if (pending.length > mostLookedThrough) return null;
  return pending.find((record) => record.answers(response)) ?? null;
}

function takeOut(record: RequestRecord): void {
  if (pending[record.index] !== record) return;
  const last = pending.pop() as RequestRecord;
  if (last === record) return;
  pending[record.index] = last;
  last.index = record.index;
}

function requests(): TaskRecord[] {
  sweep();
  return [...gone, ...pending.toSorted((a, b) => a.id - b.id)];
}

/**
 * Takes out what is answered, and what nobody will answer. No channel says that a client has gone, and a listener of ours at
 * each response would be seen by the program, and cost more than all the rest.
 */
function sweep(): void {
  for (let index = pending.length - 1; index >= 0; index--) {
    const record = pending[index] as RequestRecord;
    if (!record.isOver) continue;
    takeOut(record);
    if (record.isAnswered || record.isAbandoned || gone.size >= mostGone) record.settle(record.isAnswered);
    else gone.add(record);
  }
  for (const record of gone) {
    if (!record.isAbandoned) continue;
    gone.delete(record);
    record.settle(false);
  }
  untilSweep = Math.max(smallestSweep, pending.length);
}
