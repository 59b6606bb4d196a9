// Handing memory over to another thread instead of copying it.
import type { MessagePort } from 'node:worker_threads';
import { ArgumentError } from '../errors.ts';

const brand = Symbol.for('loopscope.moved@1');

/** What crosses without being copied. */
export type Transferable = ArrayBuffer | MessagePort;

interface Moved {
  readonly [brand]: true;
  readonly value: unknown;
  readonly transfer: readonly Transferable[];
}

/**
 * Marks an argument or a result of a job to be moved instead of copied: whoever gives it away cannot use it any more.
 * Processes share no memory: there it is copied all the same.
 * @param transfer what is moved of it. Default: the value itself, or the buffer of a view
 * @example const scaled = await runInExecutor(null, scale, move(pixels));
 */
export function move<Value>(value: Value, transfer: readonly Transferable[] = transferOf(value)): Value {
  return { [brand]: true, value, transfer } satisfies Moved as unknown as Value;
}

function transferOf(value: unknown): readonly Transferable[] {
  if (ArrayBuffer.isView(value)) return [value.buffer as ArrayBuffer];
  if (value instanceof ArrayBuffer || value instanceof globalThis.MessagePort) return [value];
  throw new ArgumentError('move needs a buffer, a view of one or a port; of anything else, say what of it is moved');
}

/** A value, and what is moved of it. */
export interface Unwrapped {
  readonly value: unknown;
  readonly transfer: readonly Transferable[];
}

/** The value itself, and what is moved of it. */
export function unwrap(value: unknown): Unwrapped {
  return typeof value === 'object' && value !== null && brand in value ? (value as Moved) : { value, transfer: [] };
}
