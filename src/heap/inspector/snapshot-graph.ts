// Finds in a heap snapshot which functions are suspended, what they await, and what settles that. Nodes of the snapshot only.
import { ownScript } from './evaluate.ts';
import type { HeapGraph } from './heap-graph.ts';
import { closureName } from './names.ts';
import type { Reaction, Reactions } from './reactions.ts';

/** What settles a promise; all numbers are nodes. */
export type NodeSource =
  | { readonly type: 'function'; readonly generator: number }
  | { readonly type: 'request'; readonly generator: number; readonly position: number }
  | {
      readonly type: 'combinator';
      readonly method: 'all' | 'allSettled' | 'any' | 'race';
      readonly inputs: number[];
      readonly total: number | null;
    }
  | { readonly type: 'follows'; readonly promise: number }
  | { readonly type: 'module'; readonly promises: number[] }
  | {
      readonly type: 'then';
      readonly method: 'then' | 'catch' | 'finally';
      readonly closure: number;
      readonly promise: number;
    };

export interface SuspendedGenerator {
  readonly node: number;
  readonly kind: 'async function' | 'async generator' | 'module';
  /** The promise that it awaits. */
  readonly awaits: number;
  /** The promises that it settles. */
  readonly settles: readonly number[];
}

export interface SnapshotGraph {
  /** The promise that each generator awaits. */
  readonly awaits: ReadonlyMap<number, number>;
  readonly generators: readonly SuspendedGenerator[];
  /** What settles each promise. A promise without an entry is settled from outside, or never. */
  readonly sources: ReadonlyMap<number, readonly NodeSource[]>;
  readonly reactions: ReadonlyMap<number, readonly Reaction[]>;
}

export function buildSnapshotGraph(graph: HeapGraph, reader: Reactions): SnapshotGraph {
  const reactions = new Map(reader.awaited().map((promise) => [promise, reader.of(promise)]));
  const sources = new Sources();
  const awaits = new Map<number, number>();
  for (const [promise, list] of reactions) {
    for (const reaction of list) {
      if (reaction.type === 'await') awaits.set(reaction.generator, promise);
      else sources.addReaction(promise, reaction);
    }
  }
  const others = [...awaits].filter(([node]) => closureName(graph, graph.at(node, 'function')).file !== ownScript);
  const generators = others.map(([node, promise]): SuspendedGenerator => {
    const requests = requestsOf(graph, reader, node);
    const own = requests ?? ownPromise(graph, reader, node);
    for (const [index, settled] of own.entries())
      sources.addFunction(settled, node, requests === null ? null : index + 1);
    const isModule = own.some((settled) => reactions.get(settled)?.some(({ type }) => type === 'module') === true);
    const kind = isModule ? 'module' : requests === null ? 'async function' : 'async generator';
    return { node, kind, awaits: promise, settles: own };
  });
  return { awaits, generators, sources: sources.byPromise, reactions };
}

/** Whether one promise cannot settle before the other has. */
export function waitsFor({ awaits, sources }: SnapshotGraph, promise: number, other: number): boolean {
  const seen = new Set([promise]);
  for (const node of seen) {
    if (node === other) return true;
    for (const source of sources.get(node) ?? []) {
      if (source.type === 'function' || source.type === 'request') seen.add(awaits.get(source.generator) ?? -1);
      else if (source.type === 'combinator') for (const input of source.inputs) seen.add(input);
      else if (source.type === 'module') for (const input of source.promises) seen.add(input);
      else seen.add(source.promise);
    }
  }
  return false;
}

class Sources {
  readonly byPromise = new Map<number, NodeSource[]>();
  readonly #inputs = new Map<string, number[]>();

  addFunction(promise: number, generator: number, position: number | null): void {
    const source: NodeSource =
      position === null ? { type: 'function', generator } : { type: 'request', generator, position };
    this.#add(promise, source);
  }

  addReaction(promise: number, reaction: Reaction): void {
    switch (reaction.type) {
      case 'combinator':
        this.#join(reaction.promise, reaction.method, promise, (inputs) => ({ ...reaction, inputs }));
        break;
      case 'follow':
        if (!reaction.race) this.#add(reaction.promise, { type: 'follows', promise });
        else {
          this.#join(reaction.promise, 'race', promise, (inputs) => ({
            type: 'combinator',
            method: 'race',
            inputs,
            total: null,
          }));
        }
        break;
      case 'module':
        for (const waiting of reaction.promises) {
          this.#join(waiting, 'module', promise, (promises) => ({ type: 'module', promises }));
        }
        break;
      case 'then': {
        const { method, closure } = reaction;
        this.#add(reaction.derived, { type: 'then', method, closure, promise });
        break;
      }
      case 'await':
        break;
    }
  }

  /** Several promises settle one together: they are one source. */
  #join(promise: number, what: string, input: number, make: (inputs: number[]) => NodeSource): void {
    const key = `${what} ${promise}`;
    const inputs = this.#inputs.get(key);
    if (inputs === undefined) {
      const first = [input];
      this.#inputs.set(key, first);
      this.#add(promise, make(first));
    } else if (!inputs.includes(input)) inputs.push(input);
  }

  #add(promise: number, source: NodeSource): void {
    if (promise < 0) return;
    const list = this.byPromise.get(promise);
    if (list === undefined) this.byPromise.set(promise, [source]);
    else list.push(source);
  }
}

/** The promises of the queued requests of an async generator; null of an async function. */
function requestsOf(graph: HeapGraph, reader: Reactions, generator: number): number[] | null {
  const isRequest = (node: number): boolean => graph.name(node) === 'system / AsyncGeneratorRequest';
  const next = (node: number): number => graph.hidden(node, (held) => held !== node && isRequest(held));
  const queue = graph.at(generator, 'queue');
  let request = isRequest(queue) ? queue : next(generator);
  if (request < 0) return null;
  const promises: number[] = [];
  const seen = new Set<number>();
  for (; request >= 0 && !seen.has(request); request = next(request)) {
    seen.add(request);
    const promise = graph.hidden(request, (node) => reader.isPromise(node));
    if (promise >= 0) promises.push(promise);
  }
  return promises;
}

function ownPromise(graph: HeapGraph, reader: Reactions, generator: number): number[] {
  const promise = graph.hidden(generator, (node) => reader.isPromise(node));
  return promise < 0 ? [] : [promise];
}
