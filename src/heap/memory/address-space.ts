// What a reader of V8's heap needs of a process: bytes at an address, and which addresses may hold objects.

/** Addresses from `start` up to, but not including, `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** The memory of a process, alive or dumped. Addresses are numbers: user space ends below 2^47. */
export interface AddressSpace {
  /**
   * Copies `length` bytes from `address` to `target` at `offset`. Gives back how many it could copy: fewer where memory is
   * not mapped. Never throws for an address.
   */
  read(target: Uint8Array, offset: number, address: number, length: number): number;
  /** Private writable memory without a file: where heaps, stacks and malloc are. In order of address. */
  writable(): Range[];
  /** The files that are mapped into it, by path: the executable and its libraries. */
  files(): string[];
  /** What a thread needs to open the same memory again. */
  readonly source: AddressSource;
  close(): void;
}

/** How to open an address space, as plain data that can be sent to a thread. */
export type AddressSource =
  | { readonly type: 'process'; readonly pid: number; readonly descriptor: number }
  | { readonly type: 'core'; readonly file: string };
