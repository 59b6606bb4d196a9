// What bounds the number of series: so many names of each sort, and the rest together as one.
import type { Attributes } from '@opentelemetry/api';

/** What stands for every name beyond the limit. */
const otherName = '_other';

const longestName = 200;
const droppedKept = 10_000;

/** The first names that come, up to a limit; further ones are counted. */
export class Names {
  readonly #limit: number;
  readonly #other: string;
  readonly #known = new Set<string>();
  /** Hashes, because the names may be long. */
  readonly #dropped = new Set<number>();

  constructor(limit: number, other: string = otherName) {
    this.#limit = limit;
    this.#other = other;
  }

  /** How many different names were beyond the limit; beyond 10,000 they are not told apart any more. */
  get dropped(): number {
    return this.#dropped.size;
  }

  /** The name itself, or what stands for those beyond the limit. Long names are cut. */
  cap(name: string): string {
    const short = name.length > longestName ? name.slice(0, longestName) : name;
    if (this.#known.has(short)) return short;
    if (this.#known.size < this.#limit) {
      this.#known.add(short);
      return short;
    }
    if (this.#dropped.size < droppedKept) this.#dropped.add(hashOf(short));
    return this.#other;
  }
}

/** One object for each combination of values: what is recorded again and again is not made again. */
export class AttributeBook {
  readonly #names: Names;
  readonly #keys: readonly string[];
  readonly #sets = new Map<string, Attributes>();

  /** @param keys of the name, and of what else there is in the order in which `of` gets it */
  constructor(names: Names, ...keys: readonly string[]) {
    this.#names = names;
    this.#keys = keys;
  }

  /** The attributes with these values. One that is undefined is left out. All but the name must be of few values. */
  of(name: string, first?: string, second?: string, third?: string): Attributes {
    const capped = this.#names.cap(name);
    const id = first === undefined ? capped : `${capped}\n${first}\n${second ?? ''}\n${third ?? ''}`;
    let attributes = this.#sets.get(id);
    if (attributes === undefined) {
      attributes = {};
      for (const [index, value] of [capped, first, second, third].entries()) {
        const key = this.#keys[index];
        if (key !== undefined && value !== undefined) attributes[key] = value;
      }
      this.#sets.set(id, attributes);
    }
    return attributes;
  }
}

/** Numbers by attributes, added up: a counter that is read when somebody collects. */
export class Tally {
  readonly #sums = new Map<Attributes, number>();

  /** @param attributes from an `AttributeBook`: they are told apart by identity */
  add(attributes: Attributes, number = 1): void {
    this.#sums.set(attributes, (this.#sums.get(attributes) ?? 0) + number);
  }

  /** Keeps the greater of the numbers. */
  raise(attributes: Attributes, number: number): void {
    const before = this.#sums.get(attributes);
    if (before === undefined || number > before) this.#sums.set(attributes, number);
  }

  /** Every sum is 0 again. */
  clear(): void {
    for (const attributes of this.#sums.keys()) this.#sums.set(attributes, 0);
  }

  [Symbol.iterator](): IterableIterator<[Attributes, number]> {
    return this.#sums.entries();
  }
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x81_1c_9d_c5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01_00_01_93);
  return hash;
}
