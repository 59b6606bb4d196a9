// Wrappers in the place of methods of one object, and the checks that all wrap functions share.
import { ArgumentError } from '../src/errors.ts';
import type { Callable } from './record.ts';

// What the program has wrapped itself, with a name of its own: the hook lets it be. All copies of loopscope have it.
const key = Symbol.for('loopscope.wrapped@1');
const slot = globalThis as Record<symbol, WeakSet<object> | undefined>;
const wrappedByHand = (slot[key] ??= new WeakSet());

export function noteWrapped(object: object): void {
  wrappedByHand.add(object);
}

/** Whether the program made it visible with one of the `wrap` functions. */
export function isWrapped(object: object): boolean {
  return wrappedByHand.has(object);
}

/** Stands in for a method: it is handed the method itself, `this` and the arguments, and returns what the caller gets. */
export type Apply = (method: Callable, self: unknown, args: unknown[]) => unknown;

/** The function with `apply` in its place: a proxy, so that name, length and all its members stay what they are. */
export function wrapFunction<Wrapped extends Callable>(run: Wrapped, apply: Apply): Wrapped {
  return new Proxy(run, { apply }) as Wrapped;
}

/**
 * Shadows methods of this one object with properties of its own; its class and all other objects stay as they are.
 * @returns how many of the names were methods
 */
export function patchMethods(target: object, names: readonly PropertyKey[], apply: Apply): number {
  let patched = 0;
  for (const name of names) {
    const method: unknown = Reflect.get(target, name);
    if (typeof method !== 'function') continue;
    const enumerable = Object.getOwnPropertyDescriptor(target, name)?.enumerable ?? false;
    const value =
      typeof name === 'symbol' ? plainMethod(method as Callable, apply) : wrapFunction(method as Callable, apply);
    if (Reflect.defineProperty(target, name, { value, writable: true, configurable: true, enumerable })) patched++;
  }
  return patched;
}

/** For `Symbol.dispose`: in V8 13 `using` takes no proxy for a function. */
function plainMethod(method: Callable, apply: Apply): Callable {
  return function (this: unknown, ...args: unknown[]): unknown {
    return apply(method, this, args);
  };
}

/** An object with at least one of the methods, which can be patched. */
export function checkMethods(target: unknown, what: string, names: readonly string[]): void {
  const isObject = (typeof target === 'object' && target !== null) || typeof target === 'function';
  if (!isObject || !names.some((name) => typeof Reflect.get(target, name) === 'function')) {
    const listed = names.map((name) => `${name}()`).join(', ');
    throw new ArgumentError(`${what} must be an object with one of the methods ${listed}; got ${describe(target)}`);
  }
  if (!Object.isExtensible(target)) {
    throw new ArgumentError(`${what} is frozen: its methods cannot be wrapped; wrap it before it is frozen`);
  }
}

export function checkFunction(value: unknown, what: string): void {
  if (typeof value !== 'function') throw new ArgumentError(`${what} must be a function, got ${describe(value)}`);
}

/** An options object, with a name that is a string if there is one. Returns the name, or `fallback` without one. */
export function checkName(options: { readonly name?: unknown }, fallback: string): string {
  if (typeof options !== 'object' || options === null) {
    throw new ArgumentError(`options must be an object, got ${describe(options)}`);
  }
  const { name } = options;
  if (name !== undefined && typeof name !== 'string') {
    throw new ArgumentError(`name must be a string, got ${describe(name)}`);
  }
  return name === undefined || name === '' ? fallback : name;
}

/** A whole number from 1 up. Returns null for Infinity, and where there is none. */
export function checkCount(value: unknown, what: string): number | null {
  if (value === undefined || value === Infinity) return null;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1) return value;
  throw new ArgumentError(`${what} must be a whole number of at least 1 or Infinity, got ${describe(value)}`);
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === 'function') return 'a function';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
