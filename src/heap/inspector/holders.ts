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

  constructor(graph: HeapGraph, reactions: Reactions, ignored: ReadonlySet<number>) {
    this.#graph = graph;
    this.#reactions = reactions;
    this.#ignored = ignored;
  }

  /** The leaf for a promise, without the time that is left of a timer; `timer` is its node, or -1. */
  leaf(promise: number): { leaf: Leaf; timer: number } {
    const { nodes, native, understood } = this.#resolvers(promise);
    if (nodes.length === 0 && native >= 0) return this.#found([{ node: native, depth: 0, held: promise, edge: null }]);
    const path = this.#searchEach(nodes);
    if (path.length > 0) return this.#found(path);
    const verdict = nodes.length === 0 && understood ? 'none' : 'unknown';
    return { leaf: { type: 'leaf', kind: 'unknown', detail: '', settledBy: [], verdict }, timer: -1 };
  }

  #found(path: readonly Reached[]): { leaf: Leaf; timer: number } {
    const steps = path.map((reached) => this.#step(reached));
    const words = path.map((reached, index) => this.#word(reached, steps[index] as HolderStep)).filter(Boolean);
    const settledBy = words.filter((word, index) => word !== words[index - 1]);
    if (settledBy.length > shownSteps) settledBy.splice(3, settledBy.length - shownSteps + 1, '…');
    const timer = path.find(({ node }) => this.#graph.name(node) === 'Timeout')?.node ?? -1;
    return { leaf: { type: 'leaf', ...leafNature(steps), settledBy, verdict: 'found' }, timer };
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
      else if (
        !/^(object|closure|array)$/.test(graph.type(node)) ||
        (name.startsWith('system /') && !harmless.test(name))
      ) {
        understood = false;
      }
    }
    return { nodes, native, understood };
  }

  /** Who resolves tells more than who rejects: errors come from everywhere. */
  #searchEach(resolvers: readonly number[]): Reached[] {
    const rejects = resolvers.filter((node) => this.#reactions.resolver(node) === 'reject');
    const path = this.#search(resolvers.filter((node) => !rejects.includes(node)));
    return path.length > 0 ? path : this.#search(rejects);
  }

  /** Goes from holder to holder, breadth first, until the best of the telling ones is known. */
  #search(resolvers: readonly number[]): Reached[] {
    const reached = new Map<number, Reached>();
    const queue = resolvers.map((node): Reached => ({ node, depth: 0, held: -1, edge: null }));
    for (const start of queue) reached.set(start.node, start);
    let best: { node: number; score: number } | null = null;
    for (let next = 0; next < queue.length && next < searchLimit; next++) {
      const current = queue[next] as Reached;
      if (current.depth >= maxSteps || (best !== null && current.depth > best.score + 4)) break;
      for (const edge of this.#graph.retainers(current.node)) {
        if (reached.has(edge.node) || !this.#leadsOn(edge)) continue;
        const step: Reached = { node: edge.node, depth: current.depth + 1, held: current.node, edge };
        reached.set(edge.node, step);
        queue.push(step);
        const score = step.depth + this.#obscurity(step, edge);
        if (best === null || score < best.score) best = { node: edge.node, score };
      }
    }
    const path: Reached[] = [];
    for (let step = reached.get(best?.node ?? -1); step !== undefined; step = reached.get(step.held)) path.push(step);
    return best === null || best.score === Infinity ? [] : path;
  }

  #leadsOn({ node, type, name }: Edge): boolean {
    const graph = this.#graph;
    if (this.#ignored.has(node) || /^(synthetic|code|object shape)$/.test(graph.type(node))) return false;
    if (machinery.test(graph.name(node))) return false;
    if (type === 'internal' && /^(map|code|shared)$/.test(name)) return false;
    return !(graph.type(node) === 'closure' && this.#reactions.isAwait(node));
  }

  /** How little an object says: what Node waits for says most, then objects with a class, then globals and variables. */
  #obscurity(reached: Reached, edge: Edge): number {
    const graph = this.#graph;
    const type = graph.type(reached.node);
    const name = className(graph, reached.node);
    if (type === 'native' && !/^Node \/ (PrincipalRealm|Realm|Environment|BindingData|ContextifyContext)/.test(name)) {
      return name.startsWith('Node / ') ? -3 : Infinity;
    }
    if (type === 'object' && name === 'globalThis') return edge.type === 'property' ? 0 : Infinity;
    if (type === 'object' && !isPlain(name) && !this.#reactions.isPromise(reached.node)) {
      const { kind } = leafNature([this.#step(reached)]);
      return kind === 'other' ? -1 : -3;
    }
    if (edge.type === 'context') return 9;
    return type === 'closure' && graph.snapshot.locations.has(reached.node) ? 7 : Infinity;
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
