// Servers, connections and UDP sockets in words: at which address, and whether they keep the process alive.
import type { Socket as UdpSocket } from 'node:dgram';
import type { Server, Socket } from 'node:net';
import { acceptedAt } from './announced.ts';
import { bySymbol, className, isRefed, type Found, type Unknown } from './found.ts';
import { now } from '../runtime/clock.ts';

/** Where a connection that is being made goes to. */
export interface Target {
  readonly address: string;
  readonly port: number;
}

const standard = ['stdin', 'stdout', 'stderr'];

/** A server that listens; null for one that does not. */
export function findServer(server: Server): Found | null {
  const { _handle: handle, _unref: isUnrefed } = server as unknown as Unknown;
  if (handle === null || handle === undefined) return null;
  const refed = isRefed(handle) && isUnrefed !== true;
  return {
    kind: 'server',
    detail: [protocolOf(server), addressOf(server)].join(' ').trim(),
    refed,
    keepsAlive: refed,
    things: [server, handle],
    ageMs: null,
  };
}

function protocolOf(server: Server): string {
  const { requestTimeout } = server as unknown as Unknown; // of HTTP servers alone
  const isSecure = 'setSecureContext' in server;
  if (requestTimeout !== undefined) return isSecure ? 'https' : 'http';
  if (className(server).startsWith('Http2')) return 'http2';
  return isSecure ? 'tls' : '';
}

function addressOf(server: Server): string {
  try {
    const address = server.address();
    if (address === null) return '';
    return typeof address === 'string' ? address : hostPort(address.address, address.port);
  } catch {
    return '';
  }
}

/** A connection or a pipe; null for one that is over. `target`: where it goes to, if it is being made. */
export function findSocket(socket: Socket, target: Target | undefined): Found | null {
  const handle = handleOf(socket);
  if (handle === null) return null;
  const refed = isRefed(handle);
  const { _type: type, fd, server, _parent: parent } = socket as unknown as Unknown;
  const things = [socket, handle, parent, (parent as Unknown | null | undefined)?.['_handle']];
  const isActive = socket.connecting ? isUnderWay(socket) : handle['reading'] === true || socket.writableLength > 0;
  const base = { refed, keepsAlive: refed && isActive, things, ageMs: null };
  if (typeof fd === 'number' && fd >= 0 && fd < standard.length) {
    if (fd > 0 && !base.keepsAlive) return null; // every program has them
    const sort =
      className(handle) === 'TTY' ? 'terminal' : typeof type === 'string' ? type : className(handle).toLowerCase();
    return { ...base, kind: 'stdio', detail: `${standard[fd]}, a ${sort}` };
  }
  if (server !== null && server !== undefined) {
    const since = acceptedAt(socket) ?? acceptedAt(parent as Socket);
    return {
      ...base,
      things: [server, (server as Unknown)['_handle']],
      kind: 'incoming',
      detail: `from ${peerOf(socket) || addressOf(server as Server)}`,
      ageMs: since === null ? null : now() - since,
    };
  }
  if (className(handle) === 'Pipe' && socket.remoteAddress === undefined) {
    return { ...base, kind: 'pipe', detail: '' };
  }
  const where = peerOf(socket) || (target === undefined ? hostOf(socket) : hostPort(target.address, target.port));
  return { ...base, kind: 'outgoing', detail: `${socket.connecting ? 'connecting ' : ''}to ${where || 'nobody yet'}` };
}

/** Whether a connection is being made, and not only its address looked for: it has a descriptor then. */
export function isUnderWay(socket: Socket): boolean {
  const descriptor = handleOf(socket)?.['fd'];
  return socket.connecting && (typeof descriptor !== 'number' || descriptor >= 0);
}

/** The handle of a socket: below TLS, that of the connection. Null if it has none any more. */
function handleOf(socket: Socket): Unknown | null {
  const { _handle: handle } = socket as unknown as { readonly _handle: Unknown | null | undefined };
  return handle === undefined || handle === null ? null : handle;
}

function peerOf(socket: Socket): string {
  const { remoteAddress, remotePort } = socket;
  if (remoteAddress === undefined || remotePort === undefined) return '';
  const host = hostOf(socket);
  return hostPort(host === '' ? remoteAddress : host, remotePort);
}

/** The name that was asked for; empty where it was an address. */
function hostOf(socket: Socket): string {
  const { _host: host, servername } = socket as unknown as Unknown;
  if (typeof host === 'string') return host;
  return typeof servername === 'string' ? servername : '';
}

function hostPort(address: string, port: number): string {
  const host = address.replace(/^::ffff:(?=\d+\.)/, ''); // IPv4, as a server for both sees it
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** A UDP socket; null for one that is closed. */
export function findUdp(socket: UdpSocket): Found | null {
  const { handle, receiving } = (bySymbol(socket, 'state symbol') ?? {}) as Unknown;
  if (handle === null || handle === undefined) return null;
  const refed = isRefed(handle);
  return {
    kind: 'udp',
    detail: udpAddress(socket),
    refed,
    keepsAlive: refed && receiving === true,
    things: [socket, handle],
    ageMs: null,
  };
}

function udpAddress(socket: UdpSocket): string {
  try {
    const { address, port } = socket.address();
    return hostPort(address, port);
  } catch {
    return 'not bound';
  }
}
