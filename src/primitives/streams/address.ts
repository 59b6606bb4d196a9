// Where a stream leads: host and port, or a path.
import { ArgumentError } from '../../errors.ts';
import { checkCount } from '../arguments.ts';

/** @throws ArgumentError unless there is a port or a path that makes sense */
export function checkAddress(host: unknown, port: unknown, path: unknown): void {
  if (path !== undefined) {
    if (typeof path !== 'string' || path === '') throw new ArgumentError('path must be a string that is not empty');
    if (port !== undefined) throw new ArgumentError('a stream leads to a port or to a path, not to both');
    return;
  }
  if (host !== undefined && typeof host !== 'string') {
    throw new ArgumentError(`host must be a string, got a value of type ${typeof host}`);
  }
  checkCount(port, 'port', 0);
  if ((port as number) > 65_535) throw new ArgumentError(`port must be at most 65535, got ${String(port)}`);
}

/** `127.0.0.1:80`, `[::1]:80`. */
export function hostAndPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
