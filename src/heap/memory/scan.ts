// Runs queries over all of a memory, on several threads where it is large.
import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { AddressSource, AddressSpace, Range } from './address-space.ts';
import { compile, overlap, type Query } from './query.ts';

const chunkSize = 1024 * 1024;
// A thread takes as long to start as it takes to look through this much.
const worthAThread = 64 * 1024 * 1024;
const mostThreads = 4;
const mostFinds = 2_000_000;

/** Finds: an address and what was found there, by turns. `cut` if there were too many. */
export interface Finds {
  readonly pairs: Float64Array;
  readonly bytes: number;
  readonly cut: boolean;
}

/** What a thread is given to start with. */
export interface ScanTask {
  readonly source: AddressSource;
}

/** What a thread is asked: a query, where to look, and the counter from which threads take the number of the next chunk. */
export interface ScanRequest {
  readonly query: Query;
  readonly ranges: readonly Range[];
  readonly next: Int32Array<SharedArrayBuffer>;
}

/** Looks through chunks until none is left, beside other threads that do the same. */
export function scanChunks(space: AddressSpace, { query, ranges, next }: ScanRequest): Finds {
  const look = compile(query);
  const bytes = new Uint8Array(chunkSize + overlap);
  const words = new Uint32Array(bytes.buffer);
  const pairs: number[] = [];
  let total = 0;
  let taken = Atomics.add(next, 0, 1);
  let passed = 0;
  for (const { start, end } of ranges) {
    const chunks = Math.ceil((end - start) / chunkSize);
    for (; taken < passed + chunks; taken = Atomics.add(next, 0, 1)) {
      const address = start + (taken - passed) * chunkSize;
      const wanted = Math.min(chunkSize, end - address);
      const got = space.read(bytes, 0, address, Math.min(wanted + overlap, end - address));
      bytes.fill(0, got, Math.min(got + overlap, bytes.length));
      const size = Math.min(got, wanted);
      look(words, Math.floor(size / 8) * 2, address, (found, what) => {
        if (pairs.length < mostFinds) pairs.push(found, what);
      });
      total += size;
    }
    passed += chunks;
  }
  return { pairs: Float64Array.from(pairs), bytes: total, cut: pairs.length >= mostFinds };
}

/** Answers queries about all of an address space. */
export class Scanner {
  readonly #space: AddressSpace;
  readonly #frozen: boolean;
  #ranges: readonly Range[] | null = null;
  #workers: Worker[] | null = null;

  /** `frozen`: its memory is not mapped anew between queries. */
  constructor(space: AddressSpace, frozen: boolean) {
    this.#space = space;
    this.#frozen = frozen;
  }

  async find(query: Query): Promise<Finds> {
    if (this.#ranges === null || !this.#frozen) this.#ranges = this.#space.writable();
    const request: ScanRequest = { query, ranges: this.#ranges, next: new Int32Array(new SharedArrayBuffer(4)) };
    this.#workers ??= this.#startThreads(this.#ranges);
    const others = this.#workers.map((worker) => answerOf(worker, request));
    const own = scanChunks(this.#space, request);
    const finds = [own, ...(await Promise.all(others))];
    const pairs = new Float64Array(finds.reduce((sum, { pairs: { length } }) => sum + length, 0));
    let at = 0;
    for (const find of finds) {
      pairs.set(find.pairs, at);
      at += find.pairs.length;
    }
    return {
      pairs,
      bytes: finds.reduce((sum, { bytes }) => sum + bytes, 0),
      cut: finds.some(({ cut }) => cut),
    };
  }

  async close(): Promise<void> {
    await Promise.all((this.#workers ?? []).map((worker) => worker.terminate()));
    this.#workers = null;
  }

  #startThreads(ranges: readonly Range[]): Worker[] {
    const total = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
    const threads = Math.max(1, Math.min(mostThreads, availableParallelism(), Math.ceil(total / worthAThread)));
    const task: ScanTask = { source: this.#space.source };
    const file = new URL(`./scan-thread${extname(import.meta.url)}`, import.meta.url);
    const settings = { workerData: task, execArgv: [], env: {} };
    return Array.from({ length: threads - 1 }, () => new Worker(file, settings));
  }
}

function answerOf(worker: Worker, request: ScanRequest): Promise<Finds> {
  return new Promise((resolve, reject) => {
    const onAnswer = (finds: Finds): void => {
      worker.off('error', reject);
      resolve(finds);
    };
    worker.once('message', onAnswer).once('error', reject);
    worker.postMessage(request);
  });
}
