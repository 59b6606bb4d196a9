// Lists the promises of a process, and the stacks that await them.
import { heapLimitMs, type Connection } from './connection.ts';
import { callWith, objectGroup, ownScript, reference } from './evaluate.ts';
import { walkPromises, type WalkedPromises } from './walk-promises.ts';

/** So many pending promises are looked at, for 35 µs each. */
const promiseLimit = 200_000;

/** So long the loop is kept from turning at a time. */
const turnMs = 10;

export interface PromiseList {
  readonly objectId: string;
  readonly tookMs: number;
}

/** Every promise of the main context that is reachable, as a list in the process. It collects garbage first. */
export async function listPromises(connection: Connection): Promise<PromiseList> {
  const prototypeObjectId = await reference(connection, 'Promise.prototype');
  const started = performance.now();
  const { objects } = await connection.send<{ objects: { objectId: string } }>(
    'Runtime.queryObjects',
    { prototypeObjectId, objectGroup },
    heapLimitMs,
  );
  return { objectId: objects.objectId, tookMs: performance.now() - started };
}

/** The stacks of the promises in the list; `each` keeps which promise has which. */
export function walk(connection: Connection, listId: string, each: boolean): Promise<WalkedPromises> {
  return callWith(connection, listId, walkPromises, [promiseLimit, each, turnMs, ownScript]);
}

/** What the limit cost, in a sentence. */
export function promiseLosses({ left }: WalkedPromises): string[] {
  if (left === 0) return [];
  return [`${left} pending promises were not looked at: there are too many.`];
}
