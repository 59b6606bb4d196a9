// The memory of a running process, by /proc: nothing runs in it, and it is not stopped.
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { ReadError } from '../read-error.ts';
import type { AddressSource, AddressSpace, Range } from './address-space.ts';

const pageSize = 4096;
// Holes up to this size are read with what is around them: a read costs more than copying them.
const smallHole = 64 * 1024;

interface Mapping extends Range {
  readonly permissions: string;
  readonly inode: number;
  readonly path: string;
}

export class ProcessSpace implements AddressSpace {
  readonly #pid: number;
  readonly #descriptor: number;
  readonly #own: boolean;

  /** Opens the memory of a process; `descriptor` is used instead if somebody opened /proc/PID/mem already. */
  constructor(pid: number, descriptor: number | null = null) {
    this.#pid = pid;
    this.#own = descriptor === null;
    this.#descriptor = descriptor ?? openMemory(pid);
  }

  get source(): AddressSource {
    return { type: 'process', pid: this.#pid, descriptor: this.#descriptor };
  }

  read(target: Uint8Array, offset: number, address: number, length: number): number {
    let done = 0;
    try {
      while (done < length) {
        const got = readSync(this.#descriptor, target, offset + done, length - done, address + done);
        if (got <= 0) break;
        done += got;
      }
    } catch {
      // not mapped, or not any more
    }
    return done;
  }

  writable(): Range[] {
    const ranges = this.#mappings()
      .filter(({ permissions, inode }) => permissions.startsWith('rw') && permissions.endsWith('p') && inode === 0)
      .filter(({ path }) => !path.startsWith('[v')); // vdso and its variables
    return this.#resident(ranges);
  }

  files(): string[] {
    const paths = this.#mappings().map(({ path }) => path);
    return [...new Set(paths.filter((path) => path.startsWith('/')))];
  }

  close(): void {
    if (this.#own) closeSync(this.#descriptor);
  }

  #mappings(): Mapping[] {
    const lines = readFileSync(`/proc/${this.#pid}/maps`, 'utf8').trimEnd().split('\n');
    return lines.map((line) => {
      const [, start = '', end = '', permissions = '', inode = '', path = ''] =
        /^([\da-f]+)-([\da-f]+) (\S+) \S+ \S+ (\d+)\s*(.*)$/.exec(line) ?? [];
      return {
        start: Number.parseInt(start, 16),
        end: Number.parseInt(end, 16),
        permissions,
        inode: Number(inode),
        path,
      };
    });
  }

  /** Leaves out pages that were never touched: V8 reserves half a gigabyte of them. */
  #resident(ranges: readonly Range[]): Range[] {
    let pagemap: number;
    try {
      pagemap = openSync(`/proc/${this.#pid}/pagemap`, 'r');
    } catch {
      return [...ranges]; // some sandboxes have none
    }
    const resident: { start: number; end: number }[] = [];
    const flags = Buffer.alloc(8 * 65_536);
    try {
      for (const { start, end } of ranges) {
        for (let address = start; address < end;) {
          const wanted = Math.min(flags.length, ((end - address) / pageSize) * 8);
          const pages = Math.floor(readSync(pagemap, flags, 0, wanted, (address / pageSize) * 8) / 8);
          if (pages === 0) break;
          for (let page = 0; page < pages; page++, address += pageSize) {
            // bit 63 present, bit 62 swapped out
            if (((flags[page * 8 + 7] as number) & 0xc0) === 0) continue;
            const last = resident.at(-1);
            if (last !== undefined && address >= last.end && address - last.end <= smallHole)
              last.end = address + pageSize;
            else resident.push({ start: address, end: address + pageSize });
          }
        }
      }
    } finally {
      closeSync(pagemap);
    }
    return resident;
  }
}

function openMemory(pid: number): number {
  try {
    return openSync(`/proc/${pid}/mem`, 'r');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') throw new ReadError('gone', `there is no process ${pid}`);
    throw new ReadError(
      'permission',
      `the memory of process ${pid} may not be read; run this as root, or as the parent of the process`,
      { cause: error },
    );
  }
}
