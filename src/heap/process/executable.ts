// Tells from an executable, without running it, whether it is Node and which version.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';

export interface NodeExecutable {
  /** For example `24.21.0`; empty where the file does not tell. */
  readonly version: string;
}

// The smallest builds of Node with all in one file have 40 MB; others are called node.
const leastBytes = 16 * 1024 * 1024;
const chunkBytes = 1024 * 1024;
// What Node's inspector calls itself stands in the file as one piece.
const signature = 'node.js/v';
const longestVersion = 64;

/** Null if the file is not Node. */
export function readNodeExecutable(file: string, name: string = basename(file)): NodeExecutable | null {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return isNodeName(name) ? { version: '' } : null;
  }
  try {
    const { size } = fstatSync(descriptor);
    if (!isNodeName(name) && (size < leastBytes || !exportsNode(descriptor))) return null;
    return { version: size < leastBytes ? '' : findVersion(descriptor) };
  } catch {
    return null;
  } finally {
    closeSync(descriptor);
  }
}

/** Whether a file or command of this name is Node, as far as a name tells. */
export function isNodeName(name: string): boolean {
  return name === 'node' || name === 'nodejs';
}

/** Node under another name, as a single executable application: an ELF file that exports its start, and V8's layout. */
function exportsNode(descriptor: number): boolean {
  const header = read(descriptor, 0, 64);
  if (header.length < 64 || header.toString('latin1', 0, 6) !== '\x7fELF\x02\x01') return false;
  const entryBytes = header.readUInt16LE(58);
  const table = read(descriptor, Number(header.readBigUInt64LE(40)), entryBytes * header.readUInt16LE(60));
  const dynamicSymbols = 11;
  for (let at = 0; at + 64 <= table.length; at += entryBytes) {
    if (table.readUInt32LE(at + 4) !== dynamicSymbols) continue;
    const names = table.readUInt32LE(at + 40) * entryBytes; // sh_link: where the section of their names is described
    if (names + 64 > table.length) return false;
    const text = read(descriptor, Number(table.readBigUInt64LE(names + 24)), Number(table.readBigUInt64LE(names + 32)));
    return text.includes('\0v8dbg_') && text.includes('\0_ZN4node5Start');
  }
  return false;
}

function findVersion(descriptor: number): string {
  const chunk = Buffer.allocUnsafe(chunkBytes);
  for (let position = 0; ; position += chunkBytes - longestVersion) {
    const bytes = chunk.subarray(0, readSync(descriptor, chunk, 0, chunkBytes, position));
    const isLast = bytes.length < chunkBytes;
    for (let at = bytes.indexOf(signature); at !== -1; at = bytes.indexOf(signature, at + 1)) {
      if (at + longestVersion > bytes.length && !isLast) break; // the next chunk has all of it
      const text = bytes.toString('latin1', at + signature.length, at + longestVersion);
      const version = /^\d+\.\d+\.\d+(?:-[a-z][a-z\d.]*)?/.exec(text)?.[0];
      if (version !== undefined) return version;
    }
    if (isLast) return '';
  }
}

function read(descriptor: number, position: number, length: number): Buffer {
  const most = 64 * 1024 * 1024;
  if (length > most) return Buffer.alloc(0);
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(descriptor, bytes, 0, length, position));
}
