// Results that cannot be sent. piscina's thread would crash on one; so it is looked for before, in what is not too big.
import { types } from 'node:util';

const mostLooked = 1000;

/** What of a value cannot be cloned, in words; null if nothing was found among the first thousand things in it. */
export function findUnsendable(value: unknown): string | null {
  const seen = new Set<unknown>();
  const open = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next === 'function') return `a function${next.name === '' ? '' : ` (${next.name})`}`;
    if (typeof next === 'symbol') return 'a symbol';
    if (typeof next !== 'object' || next === null || seen.has(next) || ArrayBuffer.isView(next)) continue;
    if (types.isPromise(next)) return 'a promise';
    if (types.isProxy(next)) return 'a proxy';
    if (types.isWeakMap(next) || types.isWeakSet(next)) return 'a weak collection';
    if (seen.add(next).size > mostLooked) return null;
    if (types.isMap(next) || types.isSet(next)) open.push(...Array.from(next.values()).slice(0, mostLooked));
    else if (open.length < mostLooked) open.push(...valuesOf(next));
  }
  return null;
}

/** Without running the program's getters twice. */
function valuesOf(object: object): unknown[] {
  const values: unknown[] = [];
  for (const key of Object.keys(object)) {
    if (values.length >= mostLooked) break;
    values.push(Object.getOwnPropertyDescriptor(object, key)?.value);
  }
  return values;
}
