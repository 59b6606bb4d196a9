// Who could settle a promise that nothing in the graph settles: the shortest telling path to its resolver.
import { leafNature, type HolderStep } from '../leaf-kind.ts';
import type { Leaf } from '../../report/awaits.ts';
import type { Edge, HeapGraph } from './heap-graph.ts';
import { className, closureName, functionLabel, isPlain } from './names.ts';
import type { Reactions } from './reactions.ts';

/** So many objects are looked at for one promise. */
const searchLimit = 20_000;

/** So many steps a path has at most. */
const maxSteps = 16;

/** A path is shortened in the middle to this length. */
const shownSteps = 8;

/** Where the search arrived, and the edge by which that object holds the one before. */
interface Reached {
  readonly node: number;
  readonly depth: number;
  readonly held: number;
  readonly edge: Edge | null;
}

/** What a promise waits for that nothing in the graph settles. */
export type Settling =
  /** Something outside, with the nodes on the way to the resolver; or nobody. */
  | { readonly type: 'leaf'; readonly leaf: Leaf; readonly nodes: readonly number[] }
  /** A callback on another promise, which has the resolver. */
  | { readonly type: 'callback'; readonly closure: number; readonly promise: number };

/** What holds a resolver directly. */
interface Resolvers {
  readonly nodes: readonly number[];
  /** A request of Node's own code, which settles the promise from C++. */
  readonly native: number;
  /** Whether all that refers to the promise is understood: only then its having no resolver proves anything. */
  readonly understood: boolean;
}

/** Retainers that lead nowhere: the machinery of V8, and the waiters themselves. */
const machinery =
  /^system \/ (PromiseReaction|AsyncGeneratorRequest|Map|ScopeInfo|DescriptorArray|TransitionArray|WeakCell|EphemeronHashTable|NativeContext|FeedbackVector|FeedbackCell|PropertyCell)/;

const undici = 'node:internal/deps/undici/';

const harmless = /^system \/ (Context|PromiseReaction|PropertyCell)$/;

/** Finds who holds the resolvers of promises. */
export class Holders {
  readonly #graph: HeapGraph;
  readonly #reactions: Reactions;
  /** Nodes that are no holders: suspended functions with their registers, and what we put into the heap. */
  readonly #ignored: ReadonlySet<number>;

  /** Whether a promise waits for another one, and so cannot be what settles that. */
  readonly #waitsFor: (promise: number, other: number) => boolean;

  constructor(
    graph: HeapGraph,
    reactions: Reactions,
    waitsFor: (promise: number, other: number) => boolean,
    ignored: ReadonlySet<number>,
  ) {
    this.#graph = graph;
    this.#reactions = reactions;
    this.#waitsFor = waitsFor;
    this.#ignored = ignored;
  }

  find(promise: number): Settling {
    const { nodes, native, understood } = this.#resolvers(promise);
    if (nodes.length === 0 && native >= 0) return this.#leaf([{ node: native, depth: 0, held: promise, edge: null }]);
    const path = this.#searchEach(nodes, promise);
    const owner = this.#reactions.owner(path[0]?.node ?? -1);
    if (owner >= 0) return { type: 'callback', closure: path[1]?.node ?? -1, promise: owner };
    if (path.length > 0) return this.#leaf(path);
    const verdict = nodes.length === 0 && understood ? 'none' : 'unknown';
    return { type: 'leaf', leaf: { type: 'leaf', kind: 'unknown', detail: '', settledBy: [], verdict }, nodes: [] };
  }

  #leaf(path: readonly Reached[]): Settling {
    const steps = path.map((reached) => this.#step(reached));
    const words = path.map((reached, index) => this.#word(reached, steps[index] as HolderStep)).filter(Boolean);
    const settledBy = words.filter((word, index) => word !== words[index - 1]);
    if (settledBy.length > shownSteps) settledBy.splice(3, settledBy.length - shownSteps + 1, '…');
    const leaf: Leaf = { type: 'leaf', ...leafNature(steps), settledBy, verdict: 'found' };
    return { type: 'leaf', leaf, nodes: path.map(({ node }) => node) };
  }

  #resolvers(promise: number): Resolvers {
    const graph = this.#graph;
    const nodes: number[] = [];
    let native = -1;
    let understood = true;
    for (const { node } of graph.retainers(promise)) {
      if (this.#ignored.has(node)) continue;
      const name = graph.name(node);
      if (name === 'system / Context') {
        const closures = graph.retainers(node).filter((edge) => graph.type(edge.node) === 'closure');
        nodes.push(
          ...closures.map((edge) => edge.node).filter((closure) => this.#reactions.resolver(closure) !== null),
        );
      } else if (name === 'system / PromiseCapability') nodes.push(node);
      else if (/^(FSReqPromise|Node \/ )/.test(name)) native = node;
      else if (!this.#isHarmless(node)) understood = false;
    }
    return { nodes, native, understood };
  }

  /** What holds the promise itself does not settle it, where it is an ordinary object or one that awaits. */
  #isHarmless(node: number): boolean {
    const name = this.#graph.name(node);
    if (name.startsWith('system / ')) return harmless.test(name);
    return /^(object|closure|array)$/.test(this.#graph.type(node));
  }

  /** Who resolves tells more than who rejects, and what comes with an event more than listeners for errors. */
  #searchEach(resolvers: readonly number[], promise: number): Reached[] {
    const rejects = resolvers.filter((node) => this.#reactions.resolver(node) === 'reject');
    const resolves = resolvers.filter((node) => !rejects.includes(node));
    for (const [start, errors] of [
      [resolves, false],
      [resolves, true],
      [rejects, true],
    ] as const) {
      const path = this.#search(start, promise, errors);
      if (path.length > 0) return path;
    }
    return [];
  }

  /** Goes from holder to holder, breadth first, until the best of the telling ones is known. */
  #search(resolvers: readonly number[], promise: number, errors: boolean): Reached[] {
    const reached = new Map<number, Reached>();
    const queue = resolvers.map((node): Reached => ({ node, depth: 0, held: -1, edge: null }));
    for (const start of queue) reached.set(start.node, start);
    let best: { node: number; score: number } | null = null;
    for (let next = 0; next < queue.length && next < searchLimit; next++) {
      const current = queue[next] as Reached;
      if (current.depth >= maxSteps || (best !== null && current.depth > best.score + 4)) break;
      for (const edge of this.#graph.retainers(current.node)) {
        const { node } = edge;
        if (reached.has(node) || !this.#leadsOn(edge, promise) || (!errors && edge.name === 'error')) continue;
        const step: Reached = { node, depth: current.depth + 1, held: current.node, edge };
        reached.set(node, step);
        if (this.#reactions.owner(node) < 0) queue.push(step);
        const score = step.depth + this.#obscurity(step);
        if (best === null || score < best.score) best = { node, score };
      }
    }
    const path: Reached[] = [];
    for (let step = reached.get(best?.node ?? -1); step !== undefined; step = reached.get(step.held)) path.push(step);
    return best === null || best.score === Infinity ? [] : path;
  }

  #leadsOn({ node, type, name }: Edge, promise: number): boolean {
    const graph = this.#graph;
    const owner = this.#reactions.owner(node);
    if (owner >= 0) return !this.#waitsFor(owner, promise);
    if (this.#ignored.has(node) || /^(synthetic|code|object shape)$/.test(graph.type(node))) return false;
    if (machinery.test(graph.name(node))) return false;
    if (type === 'internal' && /^(map|code|shared)$/.test(name)) return false;
    return !(graph.type(node) === 'closure' && this.#reactions.isAwait(node));
  }

  /** How little an object says: what Node waits for says most, then objects with a class, then globals and variables. */
  #obscurity(reached: Reached): number {
    const graph = this.#graph;
    if (this.#reactions.owner(reached.node) >= 0) return this.#isCallback(reached) ? 0 : Infinity;
    const type = graph.type(reached.node);
    const name = className(graph, reached.node);
    if (type === 'native' && !/^Node \/ (PrincipalRealm|Realm|Environment|BindingData|ContextifyContext)/.test(name)) {
      return name.startsWith('Node / ') ? -3 : Infinity;
    }
    if (type === 'object' && name === 'globalThis') return reached.edge?.type === 'property' ? 0 : Infinity;
    if (type === 'object' && !isPlain(name) && !this.#reactions.isPromise(reached.node)) {
      const { kind } = leafNature([this.#step(reached)]);
      if (/^(child process|worker|fetch)$/.test(kind)) return -5; // they have sockets, ports and streams of their own
      return kind === 'other' ? -1 : -3;
    }
    if (reached.edge?.type === 'context') return 9;
    return type === 'closure' && graph.snapshot.locations.has(reached.node) ? 7 : Infinity;
  }

  /** A reaction that calls a function of the program, which has the resolver among its variables. */
  #isCallback({ held }: Reached): boolean {
    return this.#graph.type(held) === 'closure' && closureName(this.#graph, held).line > 0;
  }

  #step({ node, edge }: Reached): HolderStep {
    const graph = this.#graph;
    const property = edge !== null && (edge.type === 'property' || edge.type === 'context') ? edge.name : '';
    const type = graph.type(node);
    // The functions of fetch stand between the program and classes that mean nothing to it.
    if (type === 'closure' && closureName(graph, node).file.startsWith(undici)) return { className: 'Fetch', property };
    const name = className(graph, node);
    const isObject = (type === 'object' || type === 'native') && !name.startsWith('system / ');
    return { className: isObject ? name : '', property };
  }

  /** One step in words, or an empty one for what only passes on. */
  #word({ node, edge }: Reached, { className: owner, property }: HolderStep): string {
    const graph = this.#graph;
    if (graph.type(node) === 'closure') {
      const resolver = this.#reactions.resolver(node);
      if (resolver !== null) return resolver;
      const found = closureName(graph, node);
      return found.line === 0 ? '' : functionLabel(found);
    }
    if (graph.name(node) === 'system / Context') return edge?.type === 'context' ? property : '';
    if (owner === '') return '';
    if (owner === 'globalThis') return property === '' ? '' : `globalThis.${property}`;
    return property === '' ? owner : `${owner}.${property}`;
  }
}
