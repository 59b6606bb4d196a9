// In which object an address lies: found by looking back for the beginning of one that is large enough.
import { HeapPages, type HeapPage } from './heap-pages.ts';
import type { Objects, Reference } from './objects.ts';

const largestInSharedPage = 128 * 1024;
// The header of a page is shorter.
const longestHeader = 8192;

/** `outside`: not in the heap, but in a stack, a handle, or memory of native code. Null: in the heap, but in no object. */
export type Container = Reference | 'outside' | null;

export class Containers {
  readonly #objects: Objects;
  readonly #pages: HeapPages;
  /** Beginnings of objects by the 4 KB in which an address was looked for: neighbours are often in the same one. */
  readonly #known = new Map<number, Reference[]>();

  constructor(objects: Objects) {
    this.#objects = objects;
    this.#pages = new HeapPages(objects.memory);
  }

  of(address: number): Container {
    const block = Math.floor(address / 4096);
    const near = this.#known.get(block);
    const known = near?.find((object) => this.#covers(object, address));
    if (known !== undefined) return known;
    const page = this.#pages.of(address);
    if (page === null) return 'outside';
    const found = this.#lookBack(address, page) ?? this.#firstIn(page, address);
    if (found === null) return null;
    if (near === undefined) this.#known.set(block, [found]);
    else near.push(found);
    return found;
  }

  #lookBack(address: number, page: HeapPage): Reference | null {
    const lowest = Math.max(address - largestInSharedPage, page.start);
    for (let start = address - 8; start >= lowest; start -= 8) if (this.#isObject(start, address)) return start + 1;
    return null;
  }

  /** A large object comes first in a page of its own. */
  #firstIn(page: HeapPage, address: number): Reference | null {
    for (let start = page.start; start < Math.min(page.start + longestHeader, address); start += 8)
      if (this.#isObject(start, address)) return start + 1;
    return null;
  }

  /** Whether an object begins here in which the address lies. */
  #isObject(start: number, address: number): boolean {
    const map = this.#objects.memory.word(start);
    return map % 4 === 1 && this.#objects.typeOfMap(map) !== -1 && this.#covers(start + 1, address);
  }

  #covers(object: Reference, address: number): boolean {
    const objects = this.#objects;
    if (object > address || object - 1 + objects.sizeOf(object) <= address) return false;
    // A map may also be what an array holds: behind that of an object are its properties and its elements.
    return !objects.isObject(objects.type(object)) || objects.type(objects.field(object, 16)) !== -1;
  }
}
