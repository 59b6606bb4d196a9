// What happens when a promise settles, as V8 keeps it: the reactions of a pending promise, told apart by their built-in code.
import type { Combinator } from '../../report/awaits.ts';
import type { Edge, HeapGraph } from './heap-graph.ts';

/** `promise` and `derived` are nodes; -1 is none. */
export type Reaction =
  /** A suspended function goes on. */
  | { readonly type: 'await'; readonly generator: number }
  /** A combinator counts its input. */
  | {
      readonly type: 'combinator';
      readonly method: Combinator;
      readonly promise: number;
      /** How many inputs it has; null where not known. */
      readonly total: number | null;
    }
  /** Another promise settles the same way; it is a race when this has a derived promise, which nobody has. */
  | { readonly type: 'follow'; readonly promise: number; readonly race: boolean }
  /** The evaluation of a module goes on: the promises of the modules that wait for it. */
  | { readonly type: 'module'; readonly promises: readonly number[] }
  /** A function of the program is called, and settles the derived promise. */
  | {
      readonly type: 'then';
      readonly method: 'then' | 'catch' | 'finally';
      readonly closure: number;
      readonly derived: number;
    };

const await_ =
  /^\((AsyncFunctionAwait|AsyncGeneratorAwait|AsyncGeneratorYieldWithAwait|AsyncGeneratorReturn)\w*Closure /;
const element = /^\(Promise(All|AllSettled|Any)(Resolve|Reject)ElementClosure /;
const forward = /^\(PromiseCapabilityDefault(Resolve|Reject) /;
const moduleStep = /^\(CallAsyncModule(Fulfilled|Rejected) /;
const finallyStep = /^\(Promise(Then|Catch)Finally /;

const combinators: Readonly<Record<string, Combinator>> = { All: 'all', AllSettled: 'allSettled', Any: 'any' };

/** Reads the reactions of pending promises. */
export class Reactions {
  readonly #graph: HeapGraph;
  readonly #owners = new Map<number, number>();

  constructor(graph: HeapGraph) {
    this.#graph = graph;
  }

  /** Every promise that is pending and has a reaction. */
  awaited(): number[] {
    const { snapshot } = this.#graph;
    const object = snapshot.nodeTypes.indexOf('object');
    const promises: number[] = [];
    for (let node = 0; node < snapshot.nodeCount; node++) {
      if (snapshot.nodeType[node] === object && this.#isReaction(this.#first(node))) promises.push(node);
    }
    return promises;
  }

  isPromise(node: number): boolean {
    return this.#graph.type(node) === 'object' && (this.#graph.name(node) === 'Promise' || this.#first(node) >= 0);
  }

  /** Newest first, as V8 keeps them. */
  of(promise: number): Reaction[] {
    const reactions: Reaction[] = [];
    const seen = new Set<number>();
    let node = this.#first(promise);
    while (this.#isReaction(node) && !seen.has(node)) {
      seen.add(node);
      this.#owners.set(node, promise);
      const edges = this.#graph.edges(node).filter(({ type }) => type === 'hidden');
      reactions.push(this.#read(edges));
      node = edges.find((edge) => this.#isReaction(edge.node))?.node ?? -1;
    }
    return reactions;
  }

  /** The promise that has this reaction; -1 of one that was not read. */
  owner(reaction: number): number {
    return this.#owners.get(reaction) ?? -1;
  }

  /** Whether the function resolves or rejects a promise, and which: `resolve`, `reject`, or null. */
  resolver(closure: number): 'resolve' | 'reject' | null {
    const [, way] = forward.exec(this.code(closure)) ?? [];
    return way === undefined ? null : way === 'Resolve' ? 'resolve' : 'reject';
  }

  /** Name of the built-in code of a function, with its parentheses. */
  code(closure: number): string {
    const code = this.#graph.at(closure, 'code');
    return code < 0 ? '' : this.#graph.name(code);
  }

  /** Whether the function lets a suspended function go on. */
  isAwait(closure: number): boolean {
    return await_.test(this.code(closure));
  }

  #first(promise: number): number {
    return this.#graph.at(promise, 'reactions_or_result');
  }

  #isReaction(node: number): boolean {
    return node >= 0 && this.#graph.name(node) === 'system / PromiseReaction';
  }

  /** Its fields are told apart by what they hold: handlers, and a derived promise or what settles it. */
  #read(fields: readonly Edge[]): Reaction {
    const graph = this.#graph;
    const closures = fields.filter(({ node }) => graph.type(node) === 'closure');
    const target = fields.find(({ node }) => this.isPromise(node) || this.#isCapability(node));
    const derived = target === undefined || this.isPromise(target.node) ? target?.node : this.#promiseIn(target.node);
    const special = closures.map(({ node }) => this.#special(node, derived ?? -1)).filter((found) => found !== null);
    // Promise.all forwards rejections: what it does with values says what it is.
    const [first] = special.toSorted((x, y) => Number(x.type === 'follow') - Number(y.type === 'follow'));
    if (first !== undefined) return first;
    // A promise that was resolved with a native one has no handlers, only what is to be settled the same way.
    if (closures.length === 0) return { type: 'follow', promise: derived ?? -1, race: false };
    const own = closures.findLast(({ node }) => graph.snapshot.locations.has(node));
    return {
      type: 'then',
      method: this.#method(closures, own, target),
      closure: own?.node ?? -1,
      derived: derived ?? -1,
    };
  }

  /** The fields are in this order: handler of rejections, handler of values, derived promise. */
  #method(closures: readonly Edge[], own: Edge | undefined, target: Edge | undefined): 'then' | 'catch' | 'finally' {
    if (closures.some(({ node }) => finallyStep.test(this.code(node)))) return 'finally';
    return own !== undefined && target !== undefined && Number(target.name) - Number(own.name) === 2 ? 'catch' : 'then';
  }

  #special(closure: number, derived: number): Reaction | null {
    const graph = this.#graph;
    const code = this.code(closure);
    const context = graph.at(closure, 'context');
    if (await_.test(code)) {
      const generator = graph.at(context, 'extension');
      return generator >= 0 ? { type: 'await', generator } : null;
    }
    const [, method] = element.exec(code) ?? [];
    if (method !== undefined) {
      const capability = graph.hidden(context, (node) => this.#isCapability(node));
      return {
        type: 'combinator',
        method: combinators[method] as Combinator,
        promise: this.#promiseIn(capability),
        total: method === 'Any' ? null : this.#inputs(context), // it keeps errors, and fewer of them
      };
    }
    if (forward.test(code)) return { type: 'follow', promise: this.#promiseIn(context), race: derived >= 0 };
    if (!moduleStep.test(code)) return null;
    const module = graph.hidden(context, (node) => this.#isModule(node));
    return { type: 'module', promises: this.#modulePromises(module, new Set()) };
  }

  /** The promise of a module, or else those of the modules that import it. */
  #modulePromises(module: number, seen: Set<number>): number[] {
    if (module < 0 || seen.has(module)) return [];
    seen.add(module);
    return this.#graph.edges(module).flatMap(({ type, node }) => {
      if (type !== 'hidden') return [];
      if (this.isPromise(node)) return [node];
      if (this.#graph.name(node) !== 'system / ArrayList') return [];
      const parents = this.#graph.edges(node).filter((edge) => this.#isModule(edge.node));
      return parents.flatMap((parent) => this.#modulePromises(parent.node, seen));
    });
  }

  /** The results are kept in an array with one place for each input: a header of two words, then a word each. */
  #inputs(context: number): number | null {
    const graph = this.#graph;
    const values = graph.hidden(context, (node) => graph.type(node) === 'array');
    return values < 0 ? null : (graph.snapshot.nodeSize[values] as number) / 8 - 2;
  }

  #promiseIn(node: number): number {
    return this.#graph.hidden(node, (held) => this.isPromise(held));
  }

  #isCapability(node: number): boolean {
    return node >= 0 && this.#graph.name(node) === 'system / PromiseCapability';
  }

  #isModule(node: number): boolean {
    return this.#graph.name(node) === 'system / SourceTextModule';
  }
}
