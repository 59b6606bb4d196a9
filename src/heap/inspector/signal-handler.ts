// Whether a program listens for SIGUSR1 itself. Then the signal would call its handler and not open the inspector: from
// outside this shows only in libuv's tree of signal watchers, in the memory of the process.
import { closeSync, openSync, readFileSync, readlinkSync, readSync } from 'node:fs';

const SIGUSR1 = 10;

/** Offsets in a `uv_signal_t` on 64-bit Linux; libuv keeps them for all of its version 1. */
const signalWatcher = { size: 152, type: 16, signal: 104, left: 112, right: 120 };
const watcherType = 16;

/** True or false where the memory may be read and the binary has its symbols; null where nobody can tell. */
export function handlesSigusr1(pid: number): boolean | null {
  try {
    const address = treeAddress(pid);
    if (address === null) return null;
    const memory = openSync(`/proc/${pid}/mem`, 'r');
    try {
      return watchedSignals(memory, address).includes(SIGUSR1);
    } finally {
      closeSync(memory);
    }
  } catch {
    return null;
  }
}

function watchedSignals(memory: number, root: bigint): number[] {
  const signals: number[] = [];
  const pending = [read(memory, root, 8).readBigUInt64LE()];
  for (let address = pending.pop(); address !== undefined && signals.length < 1000; address = pending.pop()) {
    if (address === 0n) continue;
    const watcher = read(memory, address, signalWatcher.size);
    if (watcher.readInt32LE(signalWatcher.type) !== watcherType) throw new Error('not a signal watcher');
    signals.push(watcher.readInt32LE(signalWatcher.signal));
    pending.push(watcher.readBigUInt64LE(signalWatcher.left), watcher.readBigUInt64LE(signalWatcher.right));
  }
  return signals;
}

/** Where the root of the tree lies in the process; null where its binary has no such symbol. */
function treeAddress(pid: number): bigint | null {
  const file = openSync(`/proc/${pid}/exe`, 'r');
  try {
    const symbol = findSymbol(file, 'uv__signal_tree');
    if (symbol === null) return null;
    return symbol + (isPositionIndependent(file) ? loadAddress(pid) : 0n);
  } finally {
    closeSync(file);
  }
}

function loadAddress(pid: number): bigint {
  const exe = readlinkSync(`/proc/${pid}/exe`);
  const first = readFileSync(`/proc/${pid}/maps`, 'utf8')
    .split('\n')
    .find((line) => line.endsWith(exe));
  return BigInt(`0x${first?.split('-')[0]}`);
}

/** ELF for 64-bit machines that keep the lowest byte first, as far as it is needed. */
function isPositionIndependent(file: number): boolean {
  return read(file, 0n, 18).readUInt16LE(16) === 3;
}

const sectionSize = 64;
const symbolSize = 24;
const symbolTable = 2;

/** Value of a symbol of the full table; a name may end in a number that the compiler appends. */
function findSymbol(file: number, name: string): bigint | null {
  const header = read(file, 0n, 64);
  if (header.readUInt32BE(0) !== 0x7f454c46 || header[4] !== 2 || header[5] !== 1) return null;
  const sections = read(file, header.readBigUInt64LE(40), header.readUInt16LE(60) * sectionSize);
  for (let at = 0; at < sections.length; at += sectionSize) {
    if (sections.readUInt32LE(at + 4) !== symbolTable) continue;
    const names = section(file, sections, sections.readUInt32LE(at + 40) * sectionSize);
    const found = nameOffset(names, name);
    return found === null ? null : symbolValue(section(file, sections, at), found);
  }
  return null;
}

function section(file: number, sections: Buffer, at: number): Buffer {
  return read(file, sections.readBigUInt64LE(at + 24), Number(sections.readBigUInt64LE(at + 32)));
}

function nameOffset(names: Buffer, name: string): number | null {
  for (const ending of ['\0', '.0\0']) {
    const at = names.indexOf(`\0${name}${ending}`);
    if (at >= 0) return at + 1;
  }
  return null;
}

function symbolValue(symbols: Buffer, nameAt: number): bigint | null {
  for (let at = 0; at < symbols.length; at += symbolSize) {
    if (symbols.readUInt32LE(at) === nameAt) return symbols.readBigUInt64LE(at + 8);
  }
  return null;
}

function read(file: number, position: bigint, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  if (readSync(file, buffer, 0, length, position) !== length) throw new Error('short read');
  return buffer;
}
