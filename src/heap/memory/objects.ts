// V8's objects in raw memory. A reference is a tagged address: the address of the object plus one.
import { fixed, type Layout } from './layout.ts';
import type { Memory } from './memory.ts';

const lowestAddress = 65_536;
const highestAddress = 2 ** 47;
const mostNesting = 64;
const mostPrototypes = 8;
const mostProperties = 1024;

// Representations of strings: the lowest three bits of their instance type; the fourth says one byte a character.
const sequential = 0;
const cons = 1;
const external = 2;
const sliced = 3;
const thin = 5;

/** A reference to an object: a tagged address. 0 stands for none. */
export type Reference = number;

/** Whether a word is tagged as a reference to an object. */
export function isReference(word: number): boolean {
  return word % 4 === 1 && word > lowestAddress && word < highestAddress;
}

/** Reads objects by the layout of their build. What is no object (any more) has the type -1, and no exception is thrown. */
export class Objects {
  readonly memory: Memory;
  readonly layout: Layout;
  readonly #types = new Map<Reference, number>();

  constructor(memory: Memory, layout: Layout) {
    this.memory = memory;
    this.layout = layout;
  }

  /** Forgets what was read, to see what is there now. */
  forget(): void {
    this.memory.forget();
    this.#types.clear();
  }

  /** The word in a field, a reference or a small integer. */
  field(object: Reference, offset: number): number {
    return this.memory.word(object - 1 + offset);
  }

  /** A small integer in a field; null if there is none. Its value is in the upper half of the word. */
  smallInteger(object: Reference, offset: number): number | null {
    const address = object - 1 + offset;
    return this.memory.uint32(address) === 0 ? this.memory.int32(address + 4) : null;
  }

  /** The map of an object: what V8 keeps about its shape. 0 if it is no object. */
  mapOf(object: Reference): Reference {
    if (!isReference(object)) return 0;
    const map = this.memory.word(object - 1);
    return this.typeOfMap(map) === -1 ? 0 : map;
  }

  /** Instance type of an object, -1 for what is none. */
  type(object: Reference): number {
    return isReference(object) ? this.typeOfMap(this.memory.word(object - 1)) : -1;
  }

  /** Instance type of the objects of a map, -1 if this is no map. The map of a map is a map whose map is itself. */
  typeOfMap(map: Reference): number {
    const known = this.#types.get(map);
    if (known !== undefined) return known;
    if (!isReference(map)) return -1;
    const meta = this.memory.word(map - 1);
    const isMap =
      isReference(meta) &&
      this.memory.word(meta - 1) === meta &&
      this.memory.uint16(meta - 1 + fixed.mapInstanceType) === this.layout.types.map;
    const type = isMap ? this.memory.uint16(map - 1 + fixed.mapInstanceType) : -1;
    this.#types.set(map, type);
    return type;
  }

  isString(type: number): boolean {
    return type >= 0 && type < this.layout.types.firstNonstring;
  }

  isFunction(type: number): boolean {
    return type >= this.layout.types.firstFunction && type <= this.layout.types.lastFunction;
  }

  isContext(type: number): boolean {
    return type >= this.layout.types.firstContext && type <= this.layout.types.lastContext;
  }

  /** Whether it is an object that JavaScript can see. */
  isObject(type: number): boolean {
    return type >= this.layout.types.firstObject;
  }

  /** Size of an object in bytes, 0 when not known. */
  sizeOf(object: Reference): number {
    const map = this.mapOf(object);
    if (map === 0) return 0;
    const words = this.memory.uint8(map - 1 + fixed.mapInstanceSize);
    if (words > 0) return words * 8;
    const { types, offsets } = this.layout;
    const type = this.typeOfMap(map);
    if (type === types.scopeInfo) return this.#scopeInfoSize(object);
    if (this.isString(type)) {
      const characters = this.memory.int32(object - 1 + fixed.stringLength);
      return fixed.arrayElements + characters * ((type & 8) === 0 ? 2 : 1);
    }
    if (type === types.bytecode) {
      return offsets.bytecodeHeader + Math.max(0, this.smallInteger(object, fixed.arrayLength) ?? 0);
    }
    const length = this.smallInteger(object, fixed.arrayLength);
    return length === null || length < 0 ? 0 : fixed.arrayElements + length * 8;
  }

  /** Words after a ScopeInfo's names are few: what follows is found to be another object. */
  #scopeInfoSize(object: Reference): number {
    const locals = this.smallInteger(object, fixed.scopeInfoLocals) ?? 0;
    return 8 + (this.layout.offsets.scopeInfoFirst + locals * 2 + 8) * 8;
  }

  /** The characters of a string, cut at `longest`; null if it is no string or cannot be read. */
  string(reference: Reference, longest = 1024, nesting = 0): string | null {
    const type = this.type(reference);
    if (!this.isString(type) || nesting > mostNesting) return null;
    const address = reference - 1;
    const length = Math.min(this.memory.int32(address + fixed.stringLength), longest);
    if (length < 0) return null;
    const oneByte = (type & 8) !== 0;
    switch (type & 7) {
      case sequential:
        return this.#characters(address + 16, length, oneByte);
      case cons: {
        const first = this.string(this.memory.word(address + 16), longest, nesting + 1);
        if (first === null || first.length >= length) return first;
        const second = this.string(this.memory.word(address + 24), longest - first.length, nesting + 1);
        return second === null ? null : first + second;
      }
      case external: {
        const data = this.memory.word(address + 24);
        return data === 0 ? null : this.#characters(data, length, oneByte);
      }
      case sliced: {
        const offset = this.smallInteger(reference, 24) ?? 0;
        return this.string(this.memory.word(address + 16), offset + length, nesting + 1)?.slice(offset) ?? null;
      }
      case thin:
        return this.string(this.memory.word(address + 16), longest, nesting + 1);
      default:
        return null;
    }
  }

  #characters(address: number, length: number, oneByte: boolean): string | null {
    const bytes = this.memory.bytes(address, oneByte ? length : length * 2);
    return bytes && bytes.toString(oneByte ? 'latin1' : 'utf16le');
  }

  /** The function whose prototype an object has, its class; 0 if there is none. */
  constructorOf(object: Reference): Reference {
    const { offsets, types } = this.layout;
    const map = this.mapOf(object);
    let prototype = this.field(map, offsets.mapPrototype);
    for (let steps = 0; this.isObject(this.type(prototype)) && steps < mostPrototypes; steps++) {
      const maker = this.property(prototype, 'constructor');
      if (this.isFunction(this.type(maker))) return maker;
      prototype = this.field(this.mapOf(prototype), offsets.mapPrototype);
    }
    // A map that came from another by adding a property points back to it, and the first of them to the function.
    let maker = this.field(map, offsets.mapConstructor);
    for (let steps = 0; this.type(maker) === types.map && steps < mostProperties; steps++) {
      maker = this.field(maker, offsets.mapConstructor);
    }
    return this.isFunction(this.type(maker)) ? maker : 0;
  }

  /**
   * Calls `visit` for each property that an object keeps as a value: its name (of a symbol, its description), and the address
   * of the value. Ends when `visit` gives back false.
   */
  eachField(object: Reference, visit: (name: string, address: number) => boolean | void): void {
    const { offsets, descriptors: bits, types } = this.layout;
    const map = this.mapOf(object);
    if (map === 0 || !this.isObject(this.typeOfMap(map))) return;
    const bitField3 = this.memory.uint32(map - 1 + offsets.mapBitField3);
    const outside = this.field(object, 8);
    if (((bitField3 >>> bits.dictionaryShift) & 1) === 1) {
      this.#eachEntry(outside, visit);
      return;
    }
    const count = (bitField3 & bits.ownCountMask) >>> bits.ownCountShift;
    const table = this.field(map, offsets.mapDescriptors);
    const inside = this.memory.uint8(map - 1 + fixed.mapInobjectStart);
    const words = this.memory.uint8(map - 1 + fixed.mapInstanceSize);
    for (let index = 0; index < count; index++) {
      const entry = table - 1 + offsets.descriptorsHeader + index * bits.size * 8;
      const details = this.memory.int32(entry + bits.details * 8 + 4);
      if ((details & bits.locationMask) >>> bits.locationShift !== bits.locationField) continue;
      const place = (details & bits.indexMask) >>> bits.indexShift;
      const overflow = place - (words - inside);
      if (overflow >= 0 && this.type(outside) !== types.propertyArray) continue;
      const address =
        overflow < 0 ? object - 1 + (inside + place) * 8 : outside - 1 + fixed.arrayElements + overflow * 8;
      if (visit(this.keyName(this.memory.word(entry + bits.key * 8)), address) === false) return;
    }
  }

  #eachEntry(dictionary: Reference, visit: (name: string, address: number) => boolean | void): void {
    if (!this.isDictionary(dictionary)) return;
    const end = dictionary - 1 + this.sizeOf(dictionary);
    const start = dictionary - 1 + fixed.arrayElements + fixed.dictionaryHeader * 8;
    for (let key = start; key < end; key += fixed.dictionaryEntry * 8) {
      const name = this.keyName(this.memory.word(key));
      if (name !== '' && visit(name, key + 8) === false) return;
    }
  }

  /** Whether an array holds the properties of an object: those that its map has no room for, or a dictionary of all. */
  isPropertyStore(reference: Reference): boolean {
    return this.type(reference) === this.layout.types.propertyArray || this.isDictionary(reference);
  }

  /** A dictionary of properties, which has no type of its own that is known: told by its sizes, which must agree. */
  isDictionary(reference: Reference): boolean {
    const { types } = this.layout;
    const type = this.type(reference);
    if (type === -1 || this.isObject(type) || this.isString(type) || type === types.fixedArray) return false;
    const length = this.smallInteger(reference, fixed.arrayLength) ?? 0;
    const capacity = this.smallInteger(reference, fixed.arrayElements + 2 * 8) ?? 0;
    return capacity > 0 && length === fixed.dictionaryHeader + capacity * fixed.dictionaryEntry;
  }

  /** A property key as text: a string, or the description of a symbol (private fields are symbols: `#name`). */
  keyName(key: Reference): string {
    const description = this.type(key) === this.layout.types.symbol ? this.field(key, fixed.symbolDescription) : key;
    return this.string(description, 100) ?? '';
  }

  /** The word in a property of an object; 0 if it has none of this name in a field. */
  property(object: Reference, name: string): number {
    let value = 0;
    this.eachField(object, (key, address) => {
      if (key !== name) return true;
      value = this.memory.word(address);
      return false;
    });
    return value;
  }

  /** A number as JavaScript has it, from the word in a property; null for what is none. */
  number(word: number): number | null {
    if (word % 4_294_967_296 === 0) return (word / 4_294_967_296) | 0;
    if (this.type(word) !== this.layout.types.heapNumber) return null;
    return this.memory.bytes(word - 1 + 8, 8)?.readDoubleLE(0) ?? null;
  }
}
