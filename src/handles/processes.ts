// Child processes, worker threads and their ports in words.
import type { ChildProcess } from 'node:child_process';
import { parentPort, type Worker } from 'node:worker_threads';
import { bySymbol, isRefed, type Found, type Unknown } from './found.ts';

const longestCommand = 80;
const unnamed = 'WorkerThread';
const streams = ['stdin', 'stdout', 'stderr'];

/** What belongs to a child process, and which of its pipes it is. */
export interface Pipe {
  readonly child: ChildProcess;
  readonly name: string;
}

/** A child process that runs; null for one that has ended. */
export function findChild(child: ChildProcess): Found | null {
  const { _handle: handle } = child as unknown as Unknown;
  if (handle === null || handle === undefined || child.pid === undefined) return null;
  const refed = isRefed(handle);
  return { kind: 'child', detail: childText(child), refed, keepsAlive: refed, things: [child, handle], ageMs: null };
}

function childText({ spawnargs, pid }: ChildProcess): string {
  const words = spawnargs.map((word) => (word === process.execPath ? 'node' : word)).join(' ');
  return `${words.length > longestCommand ? `${words.slice(0, longestCommand)}…` : words} (pid ${pid})`;
}

/** The descriptor of a channel between processes, by which its handle is known; null where there is none. */
export function descriptorOf(channel: unknown): number | null {
  const { fd } = (channel ?? {}) as Unknown;
  return typeof fd === 'number' && fd >= 0 ? fd : null;
}

/** What belongs to child processes: their pipes, by object; channels for messages by descriptor. */
export function pipesOf(children: readonly ChildProcess[]): Map<unknown, Pipe> {
  const pipes = new Map<unknown, Pipe>();
  for (const child of children) {
    for (const [index, stream] of (child.stdio ?? []).entries()) {
      if (stream !== null && stream !== undefined)
        pipes.set(stream, { child, name: streams[index] ?? `pipe ${index}` });
    }
    const descriptor = descriptorOf(child.channel);
    if (descriptor !== null) pipes.set(descriptor, { child, name: 'messages' });
  }
  return pipes;
}

/** `stdout of sleep 3 (pid 42)`. */
export function pipeText({ child, name }: Pipe): string {
  return `${name} of ${childText(child)}`;
}

/** A worker thread that runs; null for one that has ended. */
export function findWorker(worker: Worker): Found | null {
  const handle = bySymbol(worker, 'kHandle');
  if (handle === null || handle === undefined || worker.threadId < 0) return null;
  const refed = isRefed(handle);
  const { threadName } = worker as { readonly threadName?: string | null };
  const isNamed = typeof threadName === 'string' && threadName !== '' && threadName !== unnamed;
  const name = isNamed ? ` ${threadName}` : '';
  return {
    kind: 'worker',
    detail: `thread ${worker.threadId}${name}`,
    refed,
    keepsAlive: refed,
    things: [worker, handle],
    ageMs: null,
  };
}

/** The ports through which Node talks with worker threads. */
export function portsOf(workers: readonly Worker[]): Set<unknown> {
  return new Set(workers.flatMap((worker) => [bySymbol(worker, 'kPort'), bySymbol(worker, 'kPublicPort')]));
}

/** A MessagePort or BroadcastChannel that is ref'ed. */
export function findPort(port: object): Found {
  const { name } = port as Unknown;
  const detail = port === parentPort ? 'parentPort' : typeof name === 'string' ? `BroadcastChannel ${name}` : '';
  return { kind: 'port', detail, refed: true, keepsAlive: true, things: [port], ageMs: null };
}
