// What Node announces when it is made: servers, connections, UDP sockets, child processes, worker threads.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ChildProcess } from 'node:child_process';
import type { Socket as UdpSocket } from 'node:dgram';
import type { Server, Socket } from 'node:net';
import type { Worker } from 'node:worker_threads';
import { now } from '../runtime/clock.ts';
import { complain } from '../runtime/complain.ts';
import { isOwnThreadStarting } from '../runtime/own-thread.ts';
import { WeakList } from '../runtime/weak-list.ts';
import { noteRationed } from './creation.ts';

/** What may be open though Node does not list it: because it is unref'ed, or has no handle of its own. */
export interface Announced {
  readonly servers: readonly Server[];
  readonly sockets: readonly Socket[];
  readonly others: readonly (UdpSocket | ChildProcess | Worker)[];
}

const mostKept = 100_000;
const accepted = new WeakMap<Socket, number>();
const servers = new WeakList<Server>(mostKept);
const sockets = new WeakList<Socket>(mostKept);
const others = new WeakList<UdpSocket | ChildProcess | Worker>(mostKept);

// Connections that are accepted come in thousands: of them there is only the moment, and the place is that of their server.
const handlers: Readonly<Record<string, (message: Record<string, WeakKey>) => void>> = {
  'net.server.socket': ({ socket }) => void accepted.set(socket as Socket, now()),
  'net.client.socket': ({ socket }) => keep(sockets, socket as Socket),
  'tracing:net.server.listen:asyncStart': ({ server }) => keep(servers, server as Server),
  'udp.socket': ({ socket }) => keep(others, socket as UdpSocket),
  child_process: ({ process }) => keep(others, process as ChildProcess),
  worker_threads: ({ worker }) => {
    if (!isOwnThreadStarting()) keep(others, worker as Worker);
  },
};

function keep<Thing extends WeakKey>(list: WeakList<Thing>, thing: Thing): void {
  noteRationed(thing);
  list.add(thing);
}

/** Listens to Node. One that fails is taken off, and said in one line. */
export function listenToNode(): () => void {
  const ends = Object.entries(handlers).map(([name, handle]) => {
    const guarded = (message: unknown): void => {
      try {
        handle(message as Record<string, WeakKey>);
      } catch (error) {
        unsubscribe(name, guarded);
        complain(`where things of ${name} are made is not known any more`, error);
      }
    };
    subscribe(name, guarded);
    return () => void unsubscribe(name, guarded);
  });
  return () => {
    for (const end of ends) end();
  };
}

export function announced(): Announced {
  return { servers: servers.living(), sockets: sockets.living(), others: others.living() };
}

/** When a connection was accepted, on the runtime clock; null where nobody listened. */
export function acceptedAt(socket: Socket): number | null {
  return accepted.get(socket) ?? null;
}
