// Which process listens on which TCP port, on Linux, from outside.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface ListeningPort {
  readonly port: number;
  /** Under which it is reached from this machine: `127.0.0.1`, `[::1]`. */
  readonly host: string;
  /** Whether only programs on this machine reach it. */
  readonly loopback: boolean;
  /** Which of its event loops listens, by a number that grows as they are made: its main loop is the first. */
  readonly loop: number;
}

interface SocketEntry {
  readonly state: string;
  readonly address: string;
  readonly port: number;
  readonly inode: string;
}

const established = '01';
const listening = '0A';

/** The ports of this machine on which the process listens; none where its descriptors cannot be read. */
export function listeningPorts(pid: number): ListeningPort[] {
  const sockets = socketsOf(pid);
  return socketTable(pid).flatMap(({ state, address, port, inode }) => {
    const descriptor = sockets.get(inode);
    const host = hostOf(address);
    if (state !== listening || descriptor === undefined || host === null) return [];
    return [{ port, host, loopback: !isAny(address), loop: loopOf(pid, descriptor) }];
  });
}

/** How many connections to one of its ports the process has. */
export function connectionsTo(pid: number, port: number): number {
  const sockets = socketsOf(pid);
  return socketTable(pid).filter(
    (entry) => entry.state === established && entry.port === port && sockets.has(entry.inode),
  ).length;
}

/** The process that listens on a port of our own network: its pid, null where it cannot be told, undefined where nobody does. */
export function whoListens(port: number): number | null | undefined {
  const listener = socketTable('self').find((entry) => entry.state === listening && entry.port === port);
  if (listener === undefined) return undefined;
  const pids = list('/proc').filter((name) => /^\d+$/.test(name));
  const owner = pids.find((pid) => socketsOf(Number(pid)).has(listener.inode));
  return owner === undefined ? null : Number(owner);
}

/** Inodes of the sockets that are among its descriptors, with these. */
function socketsOf(pid: number): Map<string, string> {
  const sockets = new Map<string, string>();
  for (const descriptor of list(`/proc/${pid}/fd`)) {
    const [, inode] = /^socket:\[(\d+)\]$/.exec(linkAt(`/proc/${pid}/fd/${descriptor}`)) ?? [];
    if (inode !== undefined) sockets.set(inode, descriptor);
  }
  return sockets;
}

/** Every loop of libuv has an epoll descriptor of its own: the one that watches the socket. 0 where none is seen. */
function loopOf(pid: number, socket: string): number {
  const watched = new RegExp(`^tfd:\\s+${socket}\\s`, 'm');
  const loop = list(`/proc/${pid}/fd`).find(
    (descriptor) =>
      linkAt(`/proc/${pid}/fd/${descriptor}`) === 'anon_inode:[eventpoll]' &&
      watched.test(textAt(`/proc/${pid}/fdinfo/${descriptor}`)),
  );
  return Number(loop ?? 0);
}

function linkAt(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // closed meanwhile
  }
}

function textAt(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Addresses as the kernel prints them: words of four bytes, the lowest byte first. */
function hostOf(address: string): string | null {
  if (isAny(address)) return '127.0.0.1';
  if (address === '00000000000000000000000001000000') return '[::1]';
  const bytes = address.match(/../g)?.map((byte) => Number.parseInt(byte, 16)) ?? [];
  return bytes.length === 4 && bytes[3] === 127 ? bytes.toReversed().join('.') : null;
}

function isAny(address: string): boolean {
  return /^0+$/.test(address);
}

function socketTable(pid: number | 'self'): SocketEntry[] {
  return ['tcp', 'tcp6'].flatMap((table) => {
    const lines = textAt(`/proc/${pid}/net/${table}`).split('\n').slice(1, -1);
    return lines.map((line) => {
      const [, local = '', , state = '', , , , , , inode = ''] = line.trim().split(/\s+/);
      const [address = '', port = ''] = local.split(':');
      return { state, address, port: Number.parseInt(port, 16), inode };
    });
  });
}
