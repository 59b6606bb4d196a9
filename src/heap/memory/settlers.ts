// Who could settle a promise that nothing in the graph settles: the search backwards through memory from its resolver to
// something with a name. Each hop is one look through all of the memory, for all promises at once.
import type { HolderStep } from '../leaf-kind.ts';
import { Containers } from './containers.ts';
import type { Hold, Holders } from './holders.ts';
import type { Objects, Reference } from './objects.ts';
import type { Scanner } from './scan.ts';

const mostHops = 8;
const mostLeaves = 20_000;
const mostNodes = 60_000;
const mostHoldersOfOne = 12;

/** How a promise could be settled. */
export interface Settler {
  readonly verdict: 'found' | 'none' | 'unknown';
  /** From a root to the resolver, for people. */
  readonly path: readonly string[];
  readonly steps: readonly HolderStep[];
  /** The object at the root of the path, 0 where it is none. */
  readonly root: Reference;
  /** Every object on the path. */
  readonly objects: readonly Reference[];
}

/** An object that is held by others; `address` is where it holds what is below. */
interface Node {
  readonly reference: Reference;
  readonly address: number;
  readonly up: Edge[];
  readonly down: Node[];
  /** What keeps it alive is not in the heap, or not all of it was looked at. */
  open: boolean;
  /** Steps to something final by the best edge; Infinity while none is known. */
  distance: number;
}

interface Edge {
  readonly hold: Hold;
  readonly node: Node;
}

const unknown: Settler = { verdict: 'unknown', path: [], steps: [], root: 0, objects: [] };

/** Finds settlers of promises, all at once. */
export async function findSettlers(
  promises: readonly Reference[],
  scanner: Scanner,
  objects: Objects,
  holders: Holders,
): Promise<Map<Reference, Settler>> {
  const search = new Search(objects, holders);
  const leaves = promises.slice(0, mostLeaves).map((promise) => search.add(promise, 0));
  let level = leaves;
  for (let hop = 0; hop < mostHops && level.length > 0; hop++) {
    const wanted = new Map<Reference, Node[]>();
    for (const node of level) {
      const same = wanted.get(node.reference);
      if (same === undefined) wanted.set(node.reference, [node]);
      else same.push(node);
    }
    const finds = await scanner.find({ type: 'references', targets: Float64Array.from(wanted.keys()) });
    level = search.climb(finds.pairs, wanted, hop === 0);
    if (finds.cut) for (const nodes of wanted.values()) for (const node of nodes) node.open = true;
  }
  for (const node of level) node.open = true;
  return new Map(leaves.map((leaf) => [leaf.reference, search.settlerOf(leaf)]));
}

class Search {
  readonly #objects: Objects;
  readonly #holders: Holders;
  readonly #containers: Containers;
  readonly #nodes = new Map<number, Node>();

  constructor(objects: Objects, holders: Holders) {
    this.#objects = objects;
    this.#holders = holders;
    this.#containers = new Containers(objects);
  }

  add(reference: Reference, address: number): Node {
    const node: Node = { reference, address, up: [], down: [], open: false, distance: Infinity };
    // further properties of an object stand in an array: each of them is a node, for the sake of its name
    this.#nodes.set(this.#keyOf(reference, address), node);
    return node;
  }

  #keyOf(reference: Reference, address: number): number {
    return this.#objects.type(reference) === this.#objects.layout.types.propertyArray ? address : reference;
  }

  /** Goes from what was found to what contains it. Gives back the nodes that have to be looked for next. */
  climb(pairs: Float64Array, wanted: ReadonlyMap<Reference, Node[]>, first: boolean): Node[] {
    const next = new Set<Node>();
    for (let index = 0; index < pairs.length; index += 2) {
      const address = pairs[index] as number;
      for (const below of wanted.get(pairs[index + 1] as number) ?? []) this.#hold(below, address, first, next);
    }
    return [...next].filter(({ down }) => down.some((below) => !isSettled(below)));
  }

  #hold(below: Node, address: number, first: boolean, next: Set<Node>): void {
    const holder = this.#containers.of(address);
    if (holder === null) return;
    if (holder === 'outside' || below.up.length >= mostHoldersOfOne) {
      below.open = true;
      return;
    }
    const isArray = this.#objects.type(below.reference) === this.#objects.layout.types.propertyArray;
    const hold = first
      ? this.#holders.ofPromise(holder, address)
      : this.#holders.of(holder, address, isArray ? below.address : address);
    if (hold === null) return;
    let node = this.#nodes.get(this.#keyOf(holder, address));
    if (node === undefined) {
      if (this.#nodes.size >= mostNodes) {
        below.open = true;
        return;
      }
      node = this.add(holder, address);
      if (!hold.final) next.add(node);
    }
    node.down.push(below);
    below.up.push({ hold, node });
    if (hold.final) shorten(below, 1);
    else if (node.distance < Infinity) shorten(below, node.distance + 1);
  }

  settlerOf(leaf: Node): Settler {
    const edges = bestPath(leaf);
    // The edge next to the promise is its resolver's own context: that one is there for every promise.
    if (edges.length === 0) return canGrow(leaf) ? unknown : { ...unknown, verdict: 'none' };
    const found =
      edges.some(({ hold }) => hold.final || hold.property !== '') ||
      edges.filter(({ hold }) => hold.text !== '').length > 1;
    if (!found) return canGrow(leaf) ? unknown : { ...unknown, verdict: 'none' };
    const fromRoot = edges.toReversed();
    return {
      verdict: 'found',
      path: fromRoot.map(({ hold }) => hold.text).filter((text) => text !== ''),
      steps: fromRoot.map(({ hold: { className, property } }) => ({ className, property })),
      root: fromRoot[0]?.node.reference ?? 0,
      objects: fromRoot.map(({ node }) => node.reference),
    };
  }
}

function isSettled({ distance }: Node): boolean {
  return distance < Infinity;
}

/** A shorter way up was found: tell it to what is below. */
function shorten(start: Node, distance: number): void {
  const changed: [Node, number][] = [[start, distance]];
  for (let entry = changed.pop(); entry !== undefined; entry = changed.pop()) {
    const [node, steps] = entry;
    if (steps >= node.distance) continue;
    node.distance = steps;
    for (const below of node.down) changed.push([below, steps + 1]);
  }
}

/** The shortest way to something final, or else the one that says most. */
function bestPath(leaf: Node): Edge[] {
  const path: Edge[] = [];
  const seen = new Set<Node>([leaf]);
  for (let node = leaf; ;) {
    let best: Edge | null = null;
    for (const edge of node.up) {
      if (seen.has(edge.node)) continue;
      if (best === null || score(edge) > score(best)) best = edge;
    }
    if (best === null) return path;
    path.push(best);
    if (best.hold.final) return path;
    seen.add(best.node);
    node = best.node;
  }
}

function score({ hold, node }: Edge): number {
  if (hold.final) return 1000;
  if (node.distance < Infinity) return 900 - node.distance;
  return (hold.property === '' ? 0 : 2) + (hold.text === '' ? 0 : 1);
}

/** Whether something above the node could be held by what was not looked at. */
function canGrow(leaf: Node): boolean {
  const seen = new Set<Node>([leaf]);
  for (const node of seen) {
    if (node.open) return true;
    for (const edge of node.up) if (!edge.hold.final) seen.add(edge.node);
  }
  return false;
}
