// The memory of a process that is dead: an ELF core dump.
import { closeSync, openSync, readSync } from 'node:fs';
import { ReadError } from '../read-error.ts';
import type { AddressSource, AddressSpace, Range } from './address-space.ts';

const elfMagic = 0x7f_45_4c_46;
const coreFile = 4;
const loadSegment = 1;
const noteSegment = 4;
const writable = 2;
const executable = 1;
const processNote = 3;
const filesNote = 0x46_49_4c_45;
const largestNotes = 16 * 1024 * 1024;
// With more segments than fit into 16 bits, their number stands in the first section header.
const manySegments = 0xff_ff;

interface Segment extends Range {
  readonly offset: number;
  readonly flags: number;
}

interface Note {
  readonly type: number;
  readonly body: Buffer;
}

export class CoreSpace implements AddressSpace {
  readonly source: AddressSource;
  readonly #descriptor: number;
  readonly #segments: readonly Segment[];
  /** The process that was dumped: its pid, and the first 80 characters of its command line. */
  readonly dumped: { readonly pid: number; readonly command: string };
  readonly #files: readonly string[];

  /** Opens a core dump, of `gcore`, of the kernel, or from `coredumpctl dump`. */
  constructor(file: string) {
    this.source = { type: 'core', file };
    try {
      this.#descriptor = openSync(file, 'r');
    } catch (error) {
      throw new ReadError('file', `${file} cannot be opened: ${(error as Error).message}`, { cause: error });
    }
    const header = this.#bytes(0, 64);
    if (header.length < 64 || header.readUInt32BE(0) !== elfMagic || header.readUInt16LE(16) !== coreFile) {
      throw new ReadError('file', `${file} is no core dump of a 64-bit Linux process`);
    }
    const programs = this.#programs(header);
    this.#segments = programs
      .filter(({ type, end, start }) => type === loadSegment && end > start)
      .toSorted((a, b) => a.start - b.start);
    const notes = programs.filter(({ type }) => type === noteSegment).flatMap((segment) => this.#notesOf(segment));
    this.#files = notes.filter(({ type }) => type === filesNote).flatMap(({ body }) => mappedFiles(body));
    const about = notes.find(({ type }) => type === processNote)?.body;
    this.dumped = about === undefined ? { pid: 0, command: '' } : dumpedProcess(about);
    if (this.#segments.length === 0) throw new ReadError('file', `${file} has no memory in it: it was cut short`);
  }

  read(target: Uint8Array, offset: number, address: number, length: number): number {
    let done = 0;
    while (done < length) {
      const segment = this.#segmentAt(address + done);
      if (segment === null) break;
      const size = Math.min(length - done, segment.end - address - done);
      const got = readSync(
        this.#descriptor,
        target,
        offset + done,
        size,
        segment.offset + address + done - segment.start,
      );
      if (got <= 0) break;
      done += got;
    }
    return done;
  }

  writable(): Range[] {
    return this.#segments.filter(({ flags }) => (flags & writable) !== 0 && (flags & executable) === 0);
  }

  files(): string[] {
    return [...this.#files];
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #bytes(offset: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(this.#descriptor, bytes, 0, length, offset));
  }

  #programs(header: Buffer): (Segment & { readonly type: number })[] {
    const size = header.readUInt16LE(54);
    let count = header.readUInt16LE(56);
    if (count === manySegments) count = this.#bytes(Number(header.readBigUInt64LE(40)), 64).readUInt32LE(44);
    const table = this.#bytes(Number(header.readBigUInt64LE(32)), size * count);
    return Array.from({ length: Math.floor(table.length / size) }, (_, index) => {
      const at = index * size;
      const start = Number(table.readBigUInt64LE(at + 16));
      return {
        type: table.readUInt32LE(at),
        flags: table.readUInt32LE(at + 4),
        offset: Number(table.readBigUInt64LE(at + 8)),
        start,
        end: start + Number(table.readBigUInt64LE(at + 32)),
      };
    });
  }

  #notesOf({ offset, start, end }: Segment): Note[] {
    const found: Note[] = [];
    const notes = this.#bytes(offset, Math.min(end - start, largestNotes));
    for (let at = 0; at + 12 <= notes.length;) {
      const size = notes.readUInt32LE(at + 4);
      const body = at + 12 + Math.ceil(notes.readUInt32LE(at) / 4) * 4;
      if (body + size > notes.length) break;
      found.push({ type: notes.readUInt32LE(at + 8), body: notes.subarray(body, body + size) });
      at = body + Math.ceil(size / 4) * 4;
    }
    return found;
  }

  #segmentAt(address: number): Segment | null {
    let low = 0;
    for (let high = this.#segments.length - 1; low <= high;) {
      const middle = (low + high) >> 1;
      const segment = this.#segments[middle] as Segment;
      if (address < segment.start) high = middle - 1;
      else if (address >= segment.end) low = middle + 1;
      else return segment;
    }
    return null;
  }
}

/** Which files were mapped: their number, a page size, three words for each, and then the names. */
function mappedFiles(body: Buffer): string[] {
  const names = body.toString('utf8', 16 + Number(body.readBigUInt64LE(0)) * 24);
  return [...new Set(names.split('\0').filter((name) => name.startsWith('/')))];
}

/** A prpsinfo structure: the pid stands at 24, the arguments at 56. */
function dumpedProcess(body: Buffer): { pid: number; command: string } {
  const [, ...words] = body
    .toString('utf8', 56, 136)
    .replace(/\0[^]*$/, '')
    .trim()
    .split(' ');
  return { pid: body.length >= 28 ? body.readInt32LE(24) : 0, command: words.join(' ') };
}
