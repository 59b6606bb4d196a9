// Checks of what callers pass in: each says what was expected and what came.
import { ArgumentError } from '../errors.ts';

/** The name, or `fallback` where none was given. */
export function checkName(name: unknown, fallback: string): string {
  if (name === undefined) return fallback;
  if (typeof name !== 'string') throw new ArgumentError(`name must be a string, got ${describe(name)}`);
  return name === '' ? fallback : name;
}

/** The name of a function, or `fallback`: a static method called `name` stands in its place, and it may be empty. */
export function nameOf(run: { readonly name: unknown }, fallback: string): string {
  const { name } = run; // once: the name of a function is a slow accessor
  return typeof name === 'string' && name !== '' ? name : fallback;
}

export function checkFunction(value: unknown, label: string): void {
  if (typeof value !== 'function') throw new ArgumentError(`${label} must be a function, got ${describe(value)}`);
}

/** An options object: a string in its place would silently be taken for one without options. */
export function checkOptions(value: unknown): void {
  if (typeof value !== 'object' || value === null) {
    throw new ArgumentError(`options must be an object, got ${describe(value)}`);
  }
}

/** Milliseconds, factors and the like: a number from `least` up; Infinity is allowed. */
export function checkNumber(value: unknown, label: string, least: number): void {
  if (typeof value !== 'number' || !(value >= least)) {
    const bound = least === -Infinity ? '' : ` of at least ${least}`;
    throw new ArgumentError(`${label} must be a number${bound}, got ${describe(value)}`);
  }
}

/** What is counted: a whole number from `least` up, or Infinity. */
export function checkCount(value: unknown, label: string, least: number): void {
  checkNumber(value, label, least);
  if (!Number.isInteger(value) && value !== Infinity) {
    throw new ArgumentError(`${label} must be a whole number or Infinity, got ${describe(value)}`);
  }
}

export function checkSignal(value: unknown): void {
  // by its shape: test environments and polyfills bring AbortSignals of their own
  if (typeof value === 'object' && value !== null && 'aborted' in value && 'addEventListener' in value) return;
  throw new ArgumentError(`signal must be an AbortSignal, got ${describe(value)}`);
}

/** A value in a few words, for messages. */
export function describe(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === 'function') return 'a function';
  return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
}
