// The pages of V8's heap, told by their headers. Elsewhere in the memory of a process are copies of objects, and lists of what
// a garbage collection has moved, which look like objects.
import type { Memory } from './memory.ts';

// A page begins at a multiple of this; one that is longer holds a single large object.
const pageSize = 256 * 1024;
const smallestUnit = 4096;
const longestPage = 2 ** 33;

/** Addresses of a page, from its header up to its end. */
export interface HeapPage {
  readonly start: number;
  readonly end: number;
}

/** The pages that there were at one moment. */
export class HeapPages {
  readonly #memory: Memory;
  readonly #pages: HeapPage[] = [];

  constructor(memory: Memory) {
    this.#memory = memory;
    for (const { start, end } of memory.space.writable()) {
      for (let at = Math.ceil(start / pageSize) * pageSize; at < end; at += pageSize) {
        const page = this.#pageAt(at);
        if (page !== null) this.#pages.push(page);
      }
    }
  }

  /** The page in which an address lies; null for what is not in the heap. */
  of(address: number): HeapPage | null {
    let [low, high] = [0, this.#pages.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#pages[middle] as HeapPage).start <= address) low = middle + 1;
      else high = middle;
    }
    const page = this.#pages[low - 1];
    if (page !== undefined && address < page.end) return page;
    return this.#pageAt(Math.floor(address / pageSize) * pageSize); // one that is new
  }

  /**
   * The first word of a page are flags, and the second refers to what V8 knows of it (`MemoryChunkMetadata`; up to V8 12 to
   * the page itself), whose second word refers back to the page and whose third is its size.
   */
  #pageAt(start: number): HeapPage | null {
    const header = Buffer.alloc(24);
    const about = Buffer.alloc(24);
    const isPage =
      this.#read(start, header) &&
      wordAt(header, 0) < 2 ** 32 &&
      wordAt(header, 1) % 8 === 0 &&
      this.#read(wordAt(header, 1), about) &&
      wordAt(about, 1) === start;
    const size = wordAt(about, 2);
    return isPage && size > 0 && size % smallestUnit === 0 && size <= longestPage ? { start, end: start + size } : null;
  }

  /** Not through the cache of the memory, which reads a thousand times as much. */
  #read(address: number, words: Buffer): boolean {
    return this.#memory.space.read(words, 0, address, words.length) === words.length;
  }
}

function wordAt(words: Buffer, index: number): number {
  return Number(words.readBigUInt64LE(index * 8));
}
