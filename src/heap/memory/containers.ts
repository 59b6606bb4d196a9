// In which object an address lies: found by looking back for the beginning of one that is large enough.
import type { Objects, Reference } from './objects.ts';

// V8's heap is made of pages of this size; what does not fit into one has pages of its own.
const pageSize = 256 * 1024;
const largestInPage = 128 * 1024;
const largestObject = 512 * 1024 * 1024;
const pageHeader = 1024;
// So many words of a page must refer to maps for it to be a page of the heap: elsewhere there are hardly any.
const mapsInAPage = 16;
const sampleSize = 64 * 1024;

/** `outside`: not in the heap, but in a stack, a handle, or memory of native code. Null: in the heap, but in no object. */
export type Container = Reference | 'outside' | null;

export class Containers {
  readonly #objects: Objects;
  /** Beginnings of objects by the 4 KB in which an address was looked for: neighbours are often in the same one. */
  readonly #known = new Map<number, Reference[]>();
  readonly #heapPages = new Map<number, boolean>();

  constructor(objects: Objects) {
    this.#objects = objects;
  }

  of(address: number): Container {
    const block = Math.floor(address / 4096);
    const near = this.#known.get(block);
    const known = near?.find((object) => this.#covers(object, address));
    if (known !== undefined) return known;
    const found = this.#lookBack(address) ?? this.#lookInLargePages(address);
    if (found === null) return this.#isHeap(address) ? null : 'outside';
    if (near === undefined) this.#known.set(block, [found]);
    else near.push(found);
    return found;
  }

  #covers(object: Reference, address: number): boolean {
    return object <= address && object - 1 + this.#objects.sizeOf(object) > address;
  }

  #lookBack(address: number): Reference | null {
    const objects = this.#objects;
    const lowest = Math.max(address - largestInPage, Math.floor(address / pageSize) * pageSize);
    for (let start = address - 8; start >= lowest; start -= 8) {
      const map = objects.memory.word(start);
      if (map % 4 === 1 && objects.typeOfMap(map) !== -1 && this.#covers(start + 1, address)) return start + 1;
    }
    return null;
  }

  /** A large object begins behind the header of its first page, which may be far below. */
  #lookInLargePages(address: number): Reference | null {
    const objects = this.#objects;
    let page = Math.floor(address / pageSize) * pageSize;
    if (!this.#isHeap(address) && objects.memory.word(page) === 0) return null;
    for (const lowest = Math.max(0, address - largestObject); page >= lowest; page -= pageSize) {
      let readable = false;
      for (let start = page; start < page + pageHeader; start += 8) {
        const map = objects.memory.word(start);
        readable ||= map !== 0;
        if (map % 4 === 1 && objects.typeOfMap(map) !== -1) {
          if (this.#covers(start + 1, address)) return start + 1;
          return null; // objects of a page of its own come first in it: this one ends before
        }
      }
      if (!readable) return null;
    }
    return null;
  }

  #isHeap(address: number): boolean {
    const page = Math.floor(address / pageSize) * pageSize;
    let heap = this.#heapPages.get(page);
    if (heap === undefined) {
      let maps = 0;
      for (let at = page; at < page + sampleSize && maps < mapsInAPage; at += 8) {
        const word = this.#objects.memory.word(at);
        if (word % 4 === 1 && this.#objects.typeOfMap(word) !== -1) maps++;
      }
      this.#heapPages.set(page, (heap = maps >= mapsInAPage));
    }
    return heap;
  }
}
