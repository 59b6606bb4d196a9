// The search backwards through memory from a resolver to something with a name: a graph of what holds what, which grows
// upwards from the promises by one hop at a time.
import type { HolderStep } from '../leaf-kind.ts';
import { Containers } from './containers.ts';
import { resolver, type Hold, type Holders } from './holders.ts';
import { dependsOn, type Links } from './link.ts';
import type { Objects, Reference } from './objects.ts';
import type { Scanner } from './scan.ts';

const mostNodes = 60_000;
const mostHoldersOfOne = 32;
// Steps to a variable with a list of resolvers, which is an end only where there is no other.
const softly = 100;

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
  /** The promise that has to settle first, as a callback on it calls the resolver; 0 without one. */
  readonly after: Reference;
  /** The suspended function that has the resolver, and calls it when it goes on; 0 without one. */
  readonly by: Reference;
}

/** An object that is held by others; `address` is where it holds what is below. */
export interface Node {
  readonly reference: Reference;
  readonly address: number;
  /** Whether it holds the promise itself, and not yet something that settles it. */
  readonly direct: boolean;
  readonly up: Edge[];
  readonly down: Node[];
  /** Whether it is a resolver, a closure, or the variables of one: not an object that many may share. */
  variable: boolean;
  /** Whether it is the context of the two resolvers of the promise. */
  ofResolvers: boolean;
  /** Suspended functions that have it among their variables. */
  readonly generators: Reference[];
  /** What keeps it alive is not in the heap, or not all of it was looked at. */
  open: boolean;
  /** It was moved, or freed, after it was found. */
  stale: boolean;
  /** Steps to something final by the best edge; Infinity while none is known. */
  distance: number;
}

interface Edge {
  readonly hold: Hold;
  readonly node: Node;
  /** Where the reference stands in what holds it. */
  readonly address: number;
}

export const unknown: Settler = { verdict: 'unknown', path: [], steps: [], root: 0, objects: [], after: 0, by: 0 };

/** What was found to hold what. */
export class Search {
  readonly #objects: Objects;
  readonly #holders: Holders;
  readonly #containers: Containers;
  readonly #links: Links;
  readonly #nodes = new Map<number, Node>();
  /** How often one kind of holder holds something. */
  readonly #usual = new Map<string, number>();

  constructor(objects: Objects, holders: Holders, links: Links) {
    this.#objects = objects;
    this.#holders = holders;
    this.#links = links;
    this.#containers = new Containers(objects);
  }

  add(reference: Reference, address: number, direct: boolean): Node {
    const node: Node = {
      reference,
      address,
      direct,
      up: [],
      down: [],
      variable: false,
      ofResolvers: false,
      generators: [],
      open: false,
      stale: false,
      distance: Infinity,
    };
    this.#nodes.set(this.#keyOf(reference, address), node);
    return node;
  }

  /** Properties of an object may stand in an array: each of them is a node, for the sake of its name. */
  #keyOf(reference: Reference, address: number): number {
    return this.#objects.isPropertyStore(reference) ? address : reference;
  }

  /** Looks for what refers to these nodes, and goes up to what contains it. Gives back the nodes to look for next. */
  async climb(level: readonly Node[], scanner: Scanner): Promise<Node[]> {
    const wanted = Map.groupBy(level, ({ reference }) => reference);
    this.#objects.forget(); // what was read before may not be what is found now
    const { pairs, cut } = await scanner.find({ type: 'references', targets: Float64Array.from(wanted.keys()) });
    if (cut) for (const node of level) node.open = true;
    const next = new Set<Node>();
    for (let index = 0; index < pairs.length; index += 2) {
      const address = pairs[index] as number;
      for (const below of wanted.get(pairs[index + 1] as number) ?? []) this.#hold(below, address, next);
    }
    return [...next].filter(({ down }) => down.some((below) => !isSettled(below)));
  }

  /** Takes a variable with a list of resolvers for an end where nothing better was found. */
  endSoftly(): void {
    for (const node of this.#nodes.values()) {
      if (node.distance < Infinity) continue;
      for (const { hold } of node.up) if (hold.endsHere === true) shorten(node, softly);
    }
  }

  /** The nodes and all above them; what is not there any more is open, and stale. */
  above(nodes: readonly Node[]): Node[] {
    const all = new Set(nodes);
    for (const node of all) {
      const isThere = node.up.every(({ address }) => this.#objects.memory.word(address) === node.reference);
      if (!isThere || this.#objects.type(node.reference) === -1) node.open = node.stale = true;
      for (const edge of node.up) if (!edge.hold.final) all.add(edge.node);
    }
    return [...all];
  }

  #hold(below: Node, address: number, next: Set<Node>): void {
    if (this.#objects.memory.word(address) !== below.reference) {
      below.open = true; // overwritten since it was found
      return;
    }
    const holder = this.#containers.of(address);
    if (holder === null) return;
    if (holder === 'outside' || this.#mayActUnseen(holder, below)) {
      below.open = true;
      return;
    }
    if (below.variable && this.#links.awaits.has(holder)) below.generators.push(holder);
    const hold = below.direct
      ? this.#holders.ofPromise(holder, address, below.reference, below.address)
      : this.#holders.of(holder, address, below.reference, below.address);
    // The context of a resolver is known to its two resolvers alone: whatever else seems to hold it is left over.
    if (hold === null || (below.ofResolvers && hold.text !== resolver)) return;
    let node = this.#nodes.get(this.#keyOf(holder, address));
    if (node !== undefined && below.up.some((edge) => edge.node === node)) return;
    if (below.up.length >= mostHoldersOfOne || (node === undefined && this.#nodes.size >= mostNodes)) {
      below.open = true;
      return;
    }
    if (node === undefined) {
      node = this.add(holder, address, below.direct && this.#objects.isPropertyStore(holder));
      const type = this.#objects.type(holder);
      node.variable = !this.#objects.isObject(type) || this.#objects.isFunction(type);
      node.ofResolvers = below.direct && this.#objects.isContext(type);
      if (!hold.final) next.add(node);
    }
    node.down.push(below);
    below.up.push({ hold, node, address });
    this.#usual.set(keyOf(hold), (this.#usual.get(keyOf(hold)) ?? 0) + 1);
    if (hold.final) node.distance = 0;
    if (node.distance < Infinity) shorten(below, node.distance + costOf(hold));
  }

  /**
   * A job in the queue of microtasks may settle it, or be left over from one that ran; a generator that is not suspended at
   * an await may run, and a reaction may be of a promise that was not seen: nobody can tell.
   */
  #mayActUnseen(holder: Reference, { reference, direct }: Node): boolean {
    const { types } = this.#objects.layout;
    const type = this.#objects.type(holder);
    if (types.microtasks.has(type)) return true;
    if (direct) return false;
    // a resolver in a reaction is an edge of the graph: a promise with one is no leaf
    if (type === types.reaction) return !this.#links.callbacks.has(reference) && !this.#holders.isBuiltin(reference);
    const isGenerator = type === types.asyncFunction || type === types.asyncGenerator;
    return isGenerator && !this.#links.awaits.has(holder);
  }

  /**
   * What is pending itself and calls the resolver when it goes on: a suspended function that has it among its variables, or a
   * callback on another promise. Only if it does not wait for the leaf in its turn, and nothing final is nearer.
   */
  #goesOnBy(leaf: Node): { by: Reference; after: Reference; root: Reference } | null {
    const depths = new Map([[leaf, 0]]);
    for (const [node, depth] of depths) {
      if (depth > leaf.distance) return null;
      const by = isSettled(leaf)
        ? undefined
        : node.generators.find((generator) => this.#isFree(this.#links.awaits.get(generator), leaf));
      if (by !== undefined) return { by, after: 0, root: 0 };
      const after = this.#links.callbacks.get(node.reference);
      if (this.#isFree(after, leaf)) return { by: 0, after: after as Reference, root: node.reference };
      for (const edge of node.up) if (!edge.hold.final && !depths.has(edge.node)) depths.set(edge.node, depth + 1);
    }
    return null;
  }

  #isFree(promise: Reference | undefined, leaf: Node): boolean {
    return promise !== undefined && !dependsOn(promise, leaf.reference, this.#links);
  }

  settlerOf(leaf: Node): Settler {
    const other = this.#goesOnBy(leaf);
    if (other !== null) return { ...unknown, verdict: 'found', ...other };
    const edges = bestPath(leaf, this.#usual);
    // Where nothing that could be reached from outside holds a resolver, nobody can ever call it.
    if (!isSettled(leaf) && !canGrow(leaf)) return { ...unknown, verdict: 'none' };
    const fromRoot = edges.toReversed();
    const path = wordsOf(fromRoot.map(({ hold }) => hold.text));
    return {
      verdict: isSettled(leaf) || path.length > 1 ? 'found' : 'unknown',
      path,
      steps: fromRoot.map(({ hold: { className, property } }) => ({ className, property })),
      root: fromRoot[0]?.node.reference ?? 0,
      objects: fromRoot.map(({ node }) => node.reference),
      after: 0,
      by: 0,
    };
  }
}

/** A variable that holds a resolver is as a rule called like it: `reject`, `resolve()` reads `reject()`. */
function wordsOf(texts: readonly string[]): string[] {
  const words = texts.filter((text) => text !== '');
  const last = words.at(-2);
  if (words.at(-1) === 'resolve()' && (last === 'resolve' || last === 'reject')) words.splice(-2, 2, `${last}()`);
  return words;
}

export function isSettled({ distance }: Node): boolean {
  return distance < Infinity;
}

/** One who waits for an event listens for errors too, and one who keeps `resolve` keeps `reject`, which both say less. */
function costOf({ property }: Hold): number {
  if (property === 'error') return 1.5;
  return /reject/i.test(property) ? 1.25 : 1;
}

/** A shorter way up was found: tell it to what is below. */
function shorten(start: Node, distance: number): void {
  const changed: [Node, number][] = [[start, distance]];
  for (let entry = changed.pop(); entry !== undefined; entry = changed.pop()) {
    const [node, steps] = entry;
    if (steps >= node.distance) continue;
    node.distance = steps;
    for (const below of node.down) {
      const costs = below.up.filter((edge) => edge.node === node).map(({ hold }) => costOf(hold));
      changed.push([below, steps + Math.min(...costs)]);
    }
  }
}

/** The shortest way to something final, or else the one that says most. */
function bestPath(leaf: Node, usual: ReadonlyMap<string, number>): Edge[] {
  const path: Edge[] = [];
  const seen = new Set<Node>([leaf]);
  for (let node = leaf; ;) {
    const edges = node.up.filter((edge) => !seen.has(edge.node));
    const [best] = edges.toSorted((a, b) => score(b, usual) - score(a, usual));
    if (best === undefined) return path;
    path.push(best);
    if (best.hold.final || (best.hold.endsHere === true && best.node.distance === Infinity)) return path;
    seen.add(best.node);
    node = best.node;
  }
}

function score({ hold, node }: Edge, usual: ReadonlyMap<string, number>): number {
  if (node.distance === Infinity && hold.endsHere === true) return 10;
  if (node.distance === Infinity) return (hold.property === '' ? 0 : 2) + (hold.text === '' ? 0 : 1);
  // What holds a hundred others in the same way holds this one; a holder of one alone may be garbage that is still there.
  const others = Math.max(node.down.length, hold.text === '' ? 1 : (usual.get(keyOf(hold)) ?? 1));
  const scale = Math.floor(Math.log10(others) / 2);
  return (scale + 1) * 1000 - node.distance - costOf(hold);
}

function keyOf({ className, text }: Hold): string {
  return `${className}\0${text}`;
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
