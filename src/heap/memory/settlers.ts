// Who could settle promises that nothing in the graph settles. Each hop of the search is one look through all of the memory,
// for all promises at once.
import type { Holders } from './holders.ts';
import { isSettled, Search, unknown, type Node, type Settler } from './holder-search.ts';
import { dependsOn, type Links } from './link.ts';
import type { Objects, Reference } from './objects.ts';
import type { Scanner } from './scan.ts';

const mostHops = 10;
const mostLeaves = 20_000;

/** Finds settlers of promises, all at once. `frozen`: the process stands still meanwhile. */
export async function findSettlers(
  promises: readonly Reference[],
  { scanner, objects, holders, links, frozen }: Tools,
): Promise<Settlers> {
  const search = new Search(objects, holders, links);
  const leaves = promises.slice(0, mostLeaves).map((promise) => search.add(promise, 0, true));
  let level: readonly Node[] = leaves;
  for (let hop = 0; hop < mostHops && level.length > 0; hop++) level = await search.climb(level, scanner);
  for (const node of level) node.open = true;
  search.endSoftly();
  // What a garbage collection moved may have escaped the search, so where it ended without a find it is made again.
  const missed = leaves.filter((leaf) => !isSettled(leaf));
  let moved = 0;
  if (missed.length > 0 && !frozen) {
    objects.forget();
    const above = search.above(missed);
    const fresh = await search.climb(above, scanner);
    for (const node of fresh) node.open = true;
    moved = fresh.length + above.filter(({ stale }) => stale).length;
  }
  return { settlers: new Map(leaves.map((leaf) => [leaf.reference, search.settlerOf(leaf)])), moved };
}

/**
 * What goes on by itself may wait, through others of its kind, for the very promise that it was found to settle: then it is
 * not what settles it.
 */
export function breakCircles(settlers: Map<Reference, Settler>, links: Links): void {
  for (const [promise, { by, after }] of settlers) {
    if (by === 0 && after === 0) continue;
    const first = by === 0 ? after : (links.awaits.get(by) ?? 0);
    const next = (each: Reference): Reference => {
      const settler = settlers.get(each);
      return settler === undefined || settler.by === 0 ? (settler?.after ?? 0) : (links.awaits.get(settler.by) ?? 0);
    };
    if (dependsOn(first, promise, links, next)) settlers.set(promise, unknown);
  }
}

export interface Settlers {
  readonly settlers: ReadonlyMap<Reference, Settler>;
  /** How many objects were not any more, or only then, where they were looked for. */
  readonly moved: number;
}

/** What the search works with. */
export interface Tools {
  readonly scanner: Scanner;
  readonly objects: Objects;
  readonly holders: Holders;
  readonly links: Links;
  readonly frozen: boolean;
}
