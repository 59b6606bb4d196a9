// Results that can be sent for certain. piscina's thread would crash on one that cannot; whatever is not plain is cloned
// before, where that can fail in peace.
import { types } from 'node:util';

const mostLooked = 1000;

/** Whether a value is made of plain things alone, and no more than a thousand of them. */
export function isPlain(value: unknown): boolean {
  const seen = new Set<unknown>();
  const open = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next === 'function' || typeof next === 'symbol') return false;
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    if (seen.add(next).size > mostLooked || types.isProxy(next) || !openUp(next, open)) return false;
    if (open.length > mostLooked) return false;
  }
  return true;
}

/** Adds what is in an object; false if it is not plain. */
function openUp(object: object, open: unknown[]): boolean {
  if (ArrayBuffer.isView(object)) return !isDetached(object.buffer);
  if (types.isAnyArrayBuffer(object)) return !isDetached(object);
  if (types.isDate(object)) return true;
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== Array.prototype && prototype !== null) return false;
  for (const key of Object.keys(object)) {
    const property = Object.getOwnPropertyDescriptor(object, key);
    if (property === undefined || !('value' in property) || open.push(property.value) > mostLooked) return false;
  }
  return true;
}

/** Memory that was moved away cannot be sent. */
function isDetached(buffer: ArrayBufferLike): boolean {
  return buffer instanceof ArrayBuffer && buffer.detached;
}
