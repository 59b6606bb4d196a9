// A file of a library after it was evaluated: what patches use to read, replace and restore what is in it.
import { findSourceMap } from 'node:module';
import type { Site } from '../src/channels/site.ts';
import type { InstalledPackage } from './hook-package.ts';
import { wrapFunction, type Apply } from './patch.ts';
import { guard, type Callable } from './record.ts';

/** Reads and sets a name at the top level of a file. */
type Accessors = Readonly<Record<string, readonly [() => unknown, (value: unknown) => void] | undefined>>;

interface CommonModule {
  exports: unknown;
}

/** One loaded instance of a file: the same file may be loaded twice, and each is patched. */
export class LoadedModule {
  readonly package: InstalledPackage;
  /** Below the folder of the package. */
  readonly path: string;
  /** Whether what was patched does what it is patched for; without, all of it only passes on. */
  isActive = true;
  #common: CommonModule | null = null;
  #accessors: Accessors = {};
  #undo: (() => void)[] = [];
  #redo: (() => void)[] = [];

  constructor(installed: InstalledPackage, path: string) {
    this.package = installed;
    this.path = path;
  }

  /** The file was evaluated. */
  setContent(common: CommonModule | null, accessors: Accessors): void {
    this.#common = common;
    this.#accessors = accessors;
  }

  /** The major version, as in `library.versions`: `10`, or `0.5`. */
  get major(): string {
    const [major = '', minor = ''] = this.package.version.split('.');
    return major === '0' ? `0.${minor}` : major;
  }

  /** What is exported under a name. Throws if nothing is. */
  get(name: string): unknown {
    const accessors = this.#accessors[`export ${name}`];
    const value = accessors === undefined ? this.#common && this.#read(this.#common, name) : accessors[0]();
    if (value === undefined || value === null) throw new Error(`it exports no ${name}`);
    return value;
  }

  /** The class that is exported under a name. Throws if it is none. */
  getClass(name: string): { readonly prototype: object } {
    const value = this.get(name);
    if (typeof value !== 'function' || typeof value.prototype !== 'object') throw new Error(`${name} is no class`);
    return value;
  }

  /** A name at the top level of the file, of those in `locals`. */
  getLocal(name: string): unknown {
    const accessors = this.#accessors[name];
    if (accessors === undefined) throw new Error(`${name} is not among the locals of its entry`);
    return accessors[0]();
  }

  setLocal(name: string, value: unknown): void {
    const accessors = this.#accessors[name];
    if (accessors === undefined) throw new Error(`${name} is not among the locals of its entry`);
    const [read, write] = accessors;
    const before = read();
    this.#change(
      () => write(value),
      () => write(before),
    );
  }

  /** Wraps a function that is exported: the same name, length and members. */
  wrapExport(name: string, apply: Apply): void {
    const before = this.get(name);
    if (typeof before !== 'function') throw new Error(`${name} is no function`);
    const { value, handler } = passing(before as Callable);
    const set = (to: unknown): void => {
      const accessors = this.#accessors[`export ${name}`];
      if (accessors !== undefined) accessors[1](to);
      else if (this.#common !== null) this.#write(this.#common, name, to);
    };
    this.#change(
      () => {
        handler.apply = apply;
        set(value);
      },
      () => {
        delete handler.apply;
        if (this.get(name) === value) set(before); // whoever has replaced it since knows better
      },
    );
  }

  /** Wraps a method of a prototype, or a function that is a member of anything. Throws if it is none. */
  wrapMethod(target: object, name: PropertyKey, apply: Apply): void {
    const descriptor = Object.getOwnPropertyDescriptor(target, name);
    const before: unknown = descriptor?.value;
    if (descriptor === undefined || typeof before !== 'function') throw new Error(`it has no method ${String(name)}`);
    const { value, handler } = passing(before as Callable);
    const set = (to: unknown): void => void Object.defineProperty(target, name, { ...descriptor, value: to });
    this.#change(
      () => {
        handler.apply = apply;
        set(value);
      },
      () => {
        delete handler.apply;
        if (Object.getOwnPropertyDescriptor(target, name)?.value === value) set(before);
      },
    );
  }

  /** Those of the names that are methods. */
  wrapMethods(target: object, names: readonly PropertyKey[], apply: Apply): void {
    for (const name of names) {
      if (typeof Object.getOwnPropertyDescriptor(target, name)?.value === 'function') {
        this.wrapMethod(target, name, apply);
      }
    }
  }

  /** A function with `apply` in its place for as long as the library is not disabled. */
  wrap<Wrapped extends Callable>(run: Wrapped, apply: Apply): Wrapped {
    return wrapFunction(run, (method, self, args) =>
      this.isActive ? apply(method, self, args) : Reflect.apply(method, self, args),
    );
  }

  /** Restores what was there before. May be called twice. */
  disable(): void {
    if (!this.isActive) return;
    this.isActive = false;
    for (const undo of this.#undo.toReversed()) guard(undo, undefined);
  }

  /** Patches again after `disable`. */
  enable(): void {
    if (this.isActive) return;
    this.isActive = true;
    for (const redo of this.#redo) guard(redo, undefined);
  }

  #change(make: () => void, undo: () => void): void {
    make();
    this.#redo.push(make);
    this.#undo.push(undo);
  }

  #read(module: CommonModule, name: string): unknown {
    const { exports } = module;
    if (name !== 'default') return Reflect.get(Object(exports) as object, name);
    return hasDefault(exports) ? exports.default : exports;
  }

  #write(module: CommonModule, name: string, value: unknown): void {
    if (name === 'default' && !hasDefault(module.exports)) module.exports = value;
    else if (!Reflect.set(module.exports as object, name, value)) throw new Error(`${name} cannot be replaced`);
  }
}

/** A function that can be given something to do and be freed of it: in stacks that is one frame. */
function passing(run: Callable): { readonly value: Callable; readonly handler: { apply?: Apply } } {
  const handler: { apply?: Apply } = {};
  return { value: new Proxy(run, handler), handler };
}

function hasDefault(exports: unknown): exports is { default: unknown } {
  return typeof exports === 'object' && exports !== null && '__esModule' in exports && 'default' in exports;
}

/** What a report calls an object of a library: by the library, and where the program made it. */
export function nameAt(label: string, site: Site | null): string {
  if (site === null || !site.exact) return label;
  const [file = ''] = site.file.split(/[?#]/);
  return `${label} ${file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1)}:${lineOf(site)}`;
}

/** The line in the source, where Node has its map at hand: maps on disk are not read for a name. */
function lineOf({ file, line, column }: Site): number {
  try {
    const origin = findSourceMap(file)?.findOrigin(line, column);
    return origin !== undefined && 'lineNumber' in origin ? origin.lineNumber : line;
  } catch {
    return line; // a broken map
  }
}
