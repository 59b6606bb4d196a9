// What rules call what is open, and what ends it.
import { libraryOf } from '../report/handle-groups.ts';
import type { HandleEntry, HandleKind } from '../report/handles.ts';
import { grouped, short } from './names.ts';

const nouns: Readonly<Partial<Record<HandleKind, string>>> = {
  incoming: 'connection',
  outgoing: 'connection',
  udp: 'UDP socket',
  timeout: 'timer',
  interval: 'interval',
  file: 'file',
  child: 'child process',
  worker: 'worker',
  port: 'message port',
};

const ends: Readonly<Partial<Record<HandleKind, string>>> = {
  server: 'Close it, in a finally block: server.close().',
  incoming: 'End what a handler does not answer, by server.setTimeout or socket.destroy().',
  outgoing: 'End each, in a finally block; or make one agent, client or pool at the start and use it for all.',
  timeout: 'Keep what setTimeout returns, and clear it when it is not needed any more.',
  interval: 'Keep what setInterval returns, and clear it when it is not needed any more.',
  file: 'Close each in a finally block, or open it with `await using`.',
  child: 'End it by child.kill(), or await its end.',
  worker: 'End it by worker.terminate(), in a finally block.',
};

/** `connection`, `interval`, `1,103 connections`, `3 child processes` */
export function handles(number: number, kind: HandleKind): string {
  const noun = nouns[kind] ?? kind;
  return number === 1 ? noun : `${grouped(number)} ${noun}${noun.endsWith('s') ? 'es' : 's'}`;
}

/** `calls poll at src/poll.ts:3`, `call src/poll.ts:3` */
export function calls(number: number, name: string, line: string): string {
  return `${number === 1 ? 'calls' : 'call'} ${name === '' ? '' : `${short(name)} at `}${line}`;
}

/** What to do about it, in a sentence. */
export function endOf(kind: HandleKind): string {
  return ends[kind] ?? 'Close each when it is not needed any more, in a finally block.';
}

/** ` by pg`; empty where no library made it. */
export function byLibrary({ through }: Pick<HandleEntry, 'through'>): string {
  const library = through === null ? null : libraryOf(through);
  return library === null ? '' : ` by ${library}`;
}
