// A trace file and what it was rotated to, the oldest first. They are held open: they may be renamed meanwhile.
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UsageError } from '../errors.ts';

const hashedBytes = 65_536;

/** One file. */
export interface Part {
  readonly path: string;
  /** The file that it is or was rotated from. */
  readonly base: string;
  readonly descriptor: number;
  /** Stays the same when the file is renamed: by its first line. Null while that is not complete. */
  readonly id: string | null;
  close(): void;
}

/** `FILE.2`, `FILE.1`, `FILE`; of a name that ends in a number, that one alone. Empty if there are none. */
export function openParts(file: string): Part[] {
  const [, base] = /^(.+)\.\d+$/.exec(file) ?? [];
  const alone = base === undefined ? null : open(file, base);
  if (alone !== null) return [alone];
  return [...rotated(file), file].flatMap((path) => open(path, file) ?? []);
}

function rotated(file: string): string[] {
  const name = `${basename(file)}.`;
  let names: string[] = [];
  try {
    names = readdirSync(dirname(file));
  } catch {
    // no such folder: no such file
  }
  return names
    .filter((other) => other.startsWith(name) && /^\d+$/.test(other.slice(name.length)))
    .toSorted((a, b) => Number(b.slice(name.length)) - Number(a.slice(name.length)))
    .map((other) => join(dirname(file), other));
}

function open(path: string, base: string): Part | null {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  if (fstatSync(descriptor).isDirectory()) {
    closeSync(descriptor);
    throw new UsageError(`${path} is a folder, and no trace file`);
  }
  return { path, base, descriptor, id: identify(descriptor), close: () => closeSync(descriptor) };
}

function identify(descriptor: number): string | null {
  const start = Buffer.alloc(hashedBytes);
  const length = readSync(descriptor, start, 0, hashedBytes, 0);
  const end = start.subarray(0, length).indexOf(10);
  if (end === -1 && length < hashedBytes) return null;
  return createHash('sha256')
    .update(start.subarray(0, end === -1 ? length : end))
    .digest('hex')
    .slice(0, 32);
}
