// Checks of what callers pass in: each says what was expected and what came.
import { ArgumentError } from '../errors.ts';

/** The name, or `fallback` where none was given. */
export function checkName(name: unknown, fallback: string): string {
  if (name === undefined) return fallback;
  if (typeof name !== 'string') throw new ArgumentError(`name must be a string, got ${describe(name)}`);
  return name === '' ? fallback : name;
}

export function checkFunction(value: unknown, label: string): void {
  if (typeof value !== 'function') throw new ArgumentError(`${label} must be a function, got ${describe(value)}`);
}

/** Milliseconds, counts and the like: a number from `least` up; Infinity is allowed. */
export function checkNumber(value: unknown, label: string, least: number): void {
  if (typeof value !== 'number' || !(value >= least)) {
    throw new ArgumentError(`${label} must be a number of at least ${least}, got ${describe(value)}`);
  }
}

function describe(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  return typeof value === 'function' ? 'a function' : `a value of type ${typeof value}`;
}
