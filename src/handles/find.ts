// Everything that is open in this thread, from all places that tell of some of it.
import type { ChildProcess } from 'node:child_process';
import type { Socket as UdpSocket } from 'node:dgram';
import type { Server, Socket } from 'node:net';
import type { Worker } from 'node:worker_threads';
import { announced } from './announced.ts';
import { exactThings, isExact } from './exact.ts';
import { findFiles, findWatcher, watchedPaths } from './files.ts';
import { className, isRefed, type Found, type Unknown } from './found.ts';
import { findServer, findSocket, findUdp, isUnderWay } from './network.ts';
import { descriptorOf, findChild, findPort, findWorker, pipesOf, pipeText, portsOf, type Pipe } from './processes.ts';
import { connectTargets, findRequest } from './requests.ts';

/** What Node lists of itself. Handles are those that are ref'ed. */
interface Listed {
  readonly handles: readonly object[];
  readonly requests: readonly Unknown[];
}

/**
 * What is open, in no order; timers are not among it.
 * @param isBrief without what takes long: the paths of watchers, and open files of which nobody knows who opened them
 */
export function findOpen(isBrief = false): Found[] {
  const { handles, requests } = listed();
  const known = announced();
  const exact = exactThings();
  const all = new Set<unknown>([...handles, ...known.servers, ...known.sockets, ...known.others]);
  for (const thing of exact.handles) if (!hasOwner(thing, all)) all.add(thing);
  const sorted = sort(all);
  const pipes = pipesOf(sorted.children);
  const ports = portsOf(sorted.workers);
  const targets = connectTargets(requests);
  let attempts = 0;
  return [
    ...sorted.servers.map(findServer),
    ...sorted.sockets.map((socket) => {
      const found = findSocket(socket, isUnderWay(socket) ? targets[attempts++] : undefined);
      const pipe = pipes.get(socket);
      if (found === null || pipe === undefined) return found;
      return { ...found, kind: 'pipe' as const, detail: pipeText(pipe), things: [...found.things, pipe.child] };
    }),
    ...sorted.udp.map(findUdp),
    ...sorted.children.map(findChild),
    ...sorted.workers.map(findWorker),
    ...sorted.ports.filter((port) => !ports.has(port)).map(findPort),
    ...findWatchers(sorted.watchers, isBrief),
    ...sorted.others.map((thing) => findOther(thing, pipes.get(descriptorOf(thing)))),
    ...requests.map(findRequest),
    ...exact.requests,
    ...(isBrief && !isExact() ? [] : findFiles()),
  ].filter((found) => found !== null);
}

function listed(): Listed {
  const { _getActiveHandles: handles, _getActiveRequests: requests } = process as unknown as Record<
    string,
    (() => unknown[]) | undefined
  >;
  return {
    handles: (handles?.call(process) ?? []).filter((each): each is object => typeof each === 'object' && each !== null),
    requests: (requests?.call(process) ?? []) as Unknown[],
  };
}

interface Sorted {
  readonly servers: Server[];
  readonly sockets: Socket[];
  readonly udp: UdpSocket[];
  readonly children: ChildProcess[];
  readonly workers: Worker[];
  readonly ports: object[];
  readonly watchers: Unknown[];
  readonly others: object[];
}

// By what they have, not by their class: it may come from another realm, or be a class of the program's.
function sort(things: Iterable<unknown>): Sorted {
  const sorted: Sorted = {
    servers: [],
    sockets: [],
    udp: [],
    children: [],
    workers: [],
    ports: [],
    watchers: [],
    others: [],
  };
  for (const thing of things) {
    const has = (...names: string[]): boolean => names.every((name) => name in (thing as object));
    const name = className(thing);
    if (has('getConnections', 'listening')) sorted.servers.push(thing as Server);
    else if (has('remoteAddress', 'readableFlowing')) sorted.sockets.push(thing as Socket);
    else if (has('addMembership')) sorted.udp.push(thing as UdpSocket);
    else if (has('spawnargs')) sorted.children.push(thing as ChildProcess);
    else if (has('threadId', 'postMessage')) sorted.workers.push(thing as Worker);
    else if (/^(?:MessagePort|BroadcastChannel)$/.test(name)) sorted.ports.push(thing as object);
    else if (name.endsWith('Watcher')) sorted.watchers.push(thing as Unknown);
    else sorted.others.push(thing as object);
  }
  return sorted;
}

function findWatchers(watchers: readonly Unknown[], isBrief: boolean): Found[] {
  if (watchers.length === 0) return [];
  const paths = isBrief ? { fs_event: [], fs_poll: [] } : watchedPaths();
  const at = { fs_event: 0, fs_poll: 0 };
  return watchers.map((watcher) => {
    const type = className(watcher) === 'StatWatcher' ? 'fs_poll' : 'fs_event';
    return findWatcher(watcher, paths[type][at[type]++] ?? '');
  });
}

/** What is listed by its handle alone. */
function findOther(handle: object, pipe: Pipe | undefined): Found {
  const refed = isRefed(handle);
  const base = { refed, keepsAlive: refed, things: [handle], ageMs: null };
  if (pipe !== undefined) return { ...base, kind: 'ipc', detail: pipeText(pipe), things: [handle, pipe.child] };
  const descriptor = descriptorOf(handle);
  if (descriptor !== null && descriptor === descriptorOf(process.channel))
    return { ...base, kind: 'ipc', detail: 'messages of the parent process' };
  return { ...base, kind: 'other', detail: className(handle) };
}

/** Whether the object that has this handle is listed: where Node knows it, it lists that in place of the handle. */
function hasOwner(handle: object, all: ReadonlySet<unknown>): boolean {
  const owner = Object.getOwnPropertySymbols(handle).find(({ description }) => description === 'owner_symbol');
  return owner !== undefined && all.has((handle as Record<symbol, unknown>)[owner]);
}
