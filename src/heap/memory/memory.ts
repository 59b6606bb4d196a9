// Reads single values out of an address space, a page at a time.
import type { AddressSpace } from './address-space.ts';

const pageSize = 16_384;
const mostPages = 4096; // 64 MB

/** A cache of pages over an address space. What cannot be read is zero. Words are little endian, as on x64 and arm64. */
export class Memory {
  readonly space: AddressSpace;
  #pages = new Map<number, DataView | null>();

  constructor(space: AddressSpace) {
    this.space = space;
  }

  /** Forgets what was read, to see what is there now. */
  forget(): void {
    this.#pages.clear();
  }

  uint8(address: number): number {
    return this.#page(address)?.getUint8(address % pageSize) ?? 0;
  }

  uint16(address: number): number {
    return this.#page(address)?.getUint16(address % pageSize, true) ?? 0;
  }

  uint32(address: number): number {
    return this.#page(address)?.getUint32(address % pageSize, true) ?? 0;
  }

  int32(address: number): number {
    return this.#page(address)?.getInt32(address % pageSize, true) ?? 0;
  }

  /** A word of 8 bytes, as a number: exact for addresses. */
  word(address: number): number {
    const page = this.#page(address);
    if (page === null) return 0;
    const offset = address % pageSize;
    return page.getUint32(offset, true) + page.getUint32(offset + 4, true) * 4_294_967_296;
  }

  /** Null if not all of it can be read. */
  bytes(address: number, length: number): Buffer | null {
    const target = Buffer.allocUnsafe(length);
    for (let done = 0; done < length;) {
      const page = this.#page(address + done);
      if (page === null) return null;
      const offset = (address + done) % pageSize;
      const size = Math.min(length - done, pageSize - offset);
      target.set(new Uint8Array(page.buffer, page.byteOffset + offset, size), done);
      done += size;
    }
    return target;
  }

  #page(address: number): DataView | null {
    const number = Math.floor(address / pageSize);
    const known = this.#pages.get(number);
    if (known !== undefined) return known;
    if (this.#pages.size >= mostPages) this.#pages.clear();
    const bytes = new Uint8Array(pageSize);
    const page = this.space.read(bytes, 0, number * pageSize, pageSize) > 0 ? new DataView(bytes.buffer) : null;
    this.#pages.set(number, page);
    return page;
  }
}
