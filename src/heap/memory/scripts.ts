// Scripts and functions: names, and places as line and column.
import type { Objects, Reference } from './objects.ts';
import { fixed } from './layout.ts';

const longestSource = 128 * 1024 * 1024;
const charactersBefore = 300;
// V8 keeps the locals of a function by name up to here, and in a hash table beyond.
const mostNamedLocals = 75;

/** A script: a file, a module, or what was evaluated. */
export interface Script {
  readonly name: string;
  /** Line and column, from 1, of a position in the source; null where the source is not there. */
  place(position: number): { line: number; column: number } | null;
  /** What stands before a position in the source, some hundred characters; empty where the source is not there. */
  before(position: number): string;
}

/** What the closures of one function have in common. */
export interface SharedFunction {
  readonly reference: Reference;
  readonly name: string;
  /** Null for functions of V8 itself. */
  readonly script: Script | null;
  /** Position in the source, -1 where not known. */
  readonly start: number;
  /** Whether it was written as an async method, static or not. */
  readonly isMethod: boolean;
  /** Its bytecode, 0 where it was never compiled, or thrown away. */
  readonly bytecode: Reference;
}

/** Reads functions, once each. */
export class Scripts {
  readonly #objects: Objects;
  readonly #functions = new Map<Reference, SharedFunction>();
  readonly #scripts = new Map<Reference, Script>();

  constructor(objects: Objects) {
    this.#objects = objects;
  }

  /** The function behind a closure. */
  ofClosure(closure: Reference): SharedFunction {
    return this.shared(this.#objects.field(closure, this.#objects.layout.offsets.functionShared));
  }

  shared(reference: Reference): SharedFunction {
    let known = this.#functions.get(reference);
    if (known === undefined) this.#functions.set(reference, (known = this.#read(reference)));
    return known;
  }

  #read(reference: Reference): SharedFunction {
    const objects = this.#objects;
    const { types, offsets } = objects.layout;
    const script = objects.field(reference, offsets.sharedScript);
    const described = { name: '', start: -1, ...this.#describe(objects.field(reference, offsets.sharedName)) };
    let bytecode = 0;
    // The data of a function is its bytecode, or something that has it, or where to compile it from.
    for (let offset = 8; offset < 72 && bytecode === 0; offset += 8) {
      const data = objects.field(reference, offset);
      const type = objects.type(data);
      if (type === types.bytecode) bytecode = data;
      else if (type === types.interpreterData || type === types.code) bytecode = this.#bytecodeIn(data);
      else if (types.uncompiled.has(type)) {
        if (described.start < 0) described.start = objects.memory.int32(data - 1 + offsets.uncompiledStart);
        described.name ||= objects.string(objects.field(data, offsets.uncompiledName)) ?? '';
      }
    }
    const kind = objects.memory.uint32(reference - 1 + offsets.sharedFlags) & 31;
    return {
      reference,
      ...described,
      bytecode,
      isMethod: kind >= fixed.firstMethodKind && kind <= fixed.lastMethodKind,
      script: objects.type(script) === types.script ? this.#script(script) : null,
    };
  }

  /** Where the scope of a context begins in its script: 0 for that of a whole module, -1 where not known. */
  scopeStart(scopeInfo: Reference): number {
    return this.#describe(scopeInfo).start ?? -1;
  }

  #bytecodeIn(data: Reference): Reference {
    const objects = this.#objects;
    for (let offset = 8; offset < 64; offset += 8) {
      const inner = objects.field(data, offset);
      if (objects.type(inner) === objects.layout.types.bytecode) return inner;
    }
    return 0;
  }

  /** Name and position from what a function has for its name: a string, or a ScopeInfo once it was compiled. */
  #describe(reference: Reference): { name?: string; start?: number } {
    const objects = this.#objects;
    const { types, offsets } = objects.layout;
    if (objects.isString(objects.type(reference))) return { name: objects.string(reference) ?? '' };
    if (objects.type(reference) !== types.scopeInfo) return {};
    const locals = objects.smallInteger(reference, fixed.scopeInfoLocals) ?? 0;
    const first = offsets.scopeInfoFirst;
    let offset = 8 + (first + (locals > mostNamedLocals ? 1 : locals) + locals) * 8;
    // Behind the locals: integers and references which depend on flags; the first string is the name.
    let name: string | null = null;
    const integers: number[] = [];
    for (let index = 0; index < 8; index++, offset += 8) {
      const integer = objects.smallInteger(reference, offset);
      if (integer !== null) integers.push(integer);
      else if (objects.isString(objects.type(objects.field(reference, offset)))) {
        name ||= objects.string(objects.field(reference, offset)); // without one, the inferred name follows
      } else if (integers.length > 1) break; // undefined stands for an inferred name that there is not
    }
    if (first >= 5) return { name: name ?? '', start: objects.smallInteger(reference, 8 + 3 * 8) ?? -1 };
    const [start = -1, end = -1] = integers.slice(-2); // older V8 keeps the position at the end
    return { name: name ?? '', start: start >= 0 && end > start ? start : -1 };
  }

  /** What a script without a file calls itself in `//# sourceURL=`: the first string among its further fields. */
  #sourceUrl(script: Reference): string {
    const objects = this.#objects;
    for (let offset = objects.layout.offsets.scriptName + 8; offset < objects.sizeOf(script); offset += 8) {
      const url = objects.string(objects.field(script, offset));
      if (url !== null) return url;
    }
    return '';
  }

  #script(reference: Reference): Script {
    let known = this.#scripts.get(reference);
    if (known !== undefined) return known;
    const objects = this.#objects;
    const { offsets } = objects.layout;
    let lines: Float64Array | null | undefined;
    let whole: string | undefined;
    const source = objects.field(reference, offsets.scriptSource);
    known = {
      name: objects.string(objects.field(reference, offsets.scriptName)) ?? this.#sourceUrl(reference),
      place(position) {
        if (lines === undefined) {
          const text = objects.string(source, longestSource);
          lines = text === null ? null : lineStarts(text);
        }
        if (lines === null) return null;
        let low = 0;
        for (let high = lines.length - 1; low < high;) {
          const middle = (low + high + 1) >> 1;
          if ((lines[middle] as number) <= position) low = middle;
          else high = middle - 1;
        }
        return { line: low + 1, column: position - (lines[low] as number) + 1 };
      },
      before(position) {
        whole ??= objects.string(source, longestSource) ?? '';
        return whole.slice(Math.max(0, position - charactersBefore), Math.max(0, position));
      },
    };
    this.#scripts.set(reference, known);
    return known;
  }
}

/** Where lines begin, by V8's idea of a line: LF, CR, CRLF, and the two separators of Unicode. */
function lineStarts(text: string): Float64Array {
  const starts = [0];
  for (const { index, 0: end } of text.matchAll(/\r\n|[\n\r\u2028\u2029]/g)) starts.push(index + end.length);
  return Float64Array.from(starts);
}
