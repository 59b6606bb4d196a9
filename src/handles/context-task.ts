// In which task a timer was set: Node keeps the async context with it, and runs its function there.
import { types } from 'node:util';
import type { TaskRecord } from '../channels/task.ts';

/** The task in whose context something was made, as Node keeps it with the thing; null without one. */
export function taskInContext(thing: object): { readonly id: number; readonly name: string } | null {
  for (const key of Object.getOwnPropertySymbols(thing)) {
    const kept = (thing as Readonly<Record<symbol, unknown>>)[key];
    // Node 24 and later keep a map of all stores, earlier ones each store by a symbol of its own.
    for (const store of types.isMap(kept) ? valuesOf(kept) : [kept]) {
      if (isTask(store) && store.id !== 0) return { id: store.id, name: store.origin.name };
    }
  }
  return null;
}

/** Node's own maps inherit nothing. */
function valuesOf(map: ReadonlyMap<unknown, unknown>): Iterable<unknown> {
  return Map.prototype.values.call(map);
}

function isTask(store: unknown): store is TaskRecord {
  return typeof store === 'object' && store !== null && 'origin' in store && 'settlement' in store && 'waits' in store;
}
