// The await at which a generator is suspended: its offset in the bytecode, looked up in the table of source positions.
import { fixed } from './layout.ts';
import type { Objects, Reference } from './objects.ts';
import type { Scripts, SharedFunction } from './scripts.ts';

const largestTable = 4 * 1024 * 1024;
const mostSamples = 300;
// Which of these fields of a BytecodeArray is the table differs between versions of V8.
const tableFields = [24, 32, 40, 16];

/**
 * How positions are encoded: each entry is two variable-length integers, a step in the bytecode and a step in the source.
 * The sign of the first says whether it is a statement; V8 14 and later keep one more flag in its lowest bit.
 */
interface Encoding {
  readonly field: number;
  readonly flagBits: 0 | 1;
}

/**
 * A position in the source; `exact` if the table has an entry for this very offset, or for the one before: the interpreter and
 * compiled code count from places that are one apart, and a suspension is longer than that.
 */
interface Position {
  readonly position: number;
  readonly exact: boolean;
}

/** Finds await sites. Field and encoding of the table are found from the data: the pair that fits them best. */
export class AwaitSites {
  readonly #objects: Objects;
  readonly #scripts: Scripts;
  #encoding: Encoding | null = null;
  /** Share of the sampled generators of which the table has an entry for exactly their await: 1 where all is well. */
  fit = 1;

  constructor(objects: Objects, scripts: Scripts) {
    this.#objects = objects;
    this.#scripts = scripts;
  }

  /** Finds the encoding by which most of these generators are suspended exactly at an entry of their table. */
  calibrate(generators: readonly Reference[]): void {
    const samples = generators.slice(0, mostSamples).filter((generator) => this.#functionOf(generator).bytecode !== 0);
    let best = 0;
    for (const field of tableFields) {
      for (const flagBits of [0, 1] as const) {
        const encoding = { field, flagBits };
        const hits = samples.filter((generator) => this.#position(generator, encoding)?.exact === true).length;
        if (hits > best) [best, this.#encoding] = [hits, encoding];
      }
    }
    this.fit = samples.length === 0 ? 1 : best / samples.length;
  }

  /** Line and column of the await; null where the table or the source is not there. */
  of(generator: Reference): { line: number; column: number } | null {
    if (this.#encoding === null) return null;
    const found = this.#position(generator, this.#encoding);
    return found === null ? null : (this.#functionOf(generator).script?.place(found.position) ?? null);
  }

  #functionOf(generator: Reference): SharedFunction {
    return this.#scripts.ofClosure(this.#objects.field(generator, fixed.generatorFunction));
  }

  #position(generator: Reference, { field, flagBits }: Encoding): Position | null {
    const objects = this.#objects;
    const { bytecode } = this.#functionOf(generator);
    const suspended = objects.smallInteger(generator, fixed.generatorDebugPosition);
    if (bytecode === 0 || suspended === null) return null;
    const table = objects.field(bytecode, field);
    const length = objects.type(table) === -1 ? null : objects.smallInteger(table, fixed.arrayLength);
    if (length === null || length <= 0 || length > largestTable) return null;
    const bytes = objects.memory.bytes(table - 1 + fixed.arrayElements, length);
    return bytes && lookUp(bytes, suspended - (objects.layout.offsets.bytecodeHeader - 1), flagBits);
  }
}

/** The entry for an offset, or the last one before it. */
function lookUp(table: Uint8Array, wanted: number, flagBits: 0 | 1): Position | null {
  let at = 0;
  // Seven bits a byte, the highest says that more follow; the lowest bit of the whole is the sign.
  const next = (): number => {
    let value = 0;
    for (let factor = 1; at < table.length; factor *= 128) {
      const byte = table[at++] as number;
      value += (byte & 127) * factor;
      if (byte < 128) break;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  };
  let offset = -1;
  let source = 0;
  let found: Position | null = null;
  while (at < table.length) {
    const step = next();
    offset += Math.floor((step < 0 ? -(step + 1) : step) / 2 ** flagBits);
    source += next();
    if (offset > wanted) break;
    // Half of it: the lowest bit says whether the position is of an inlined function. It is kept from 1.
    const position = (Math.floor(source / 2) % 2 ** 30) - 1;
    if (position >= 0) found = { position, exact: offset === wanted || offset === wanted - 1 };
  }
  return found;
}
