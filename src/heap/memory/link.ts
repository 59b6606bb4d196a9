// Links what was found in memory: which generator awaits which promise, and what settles that.
import type { Combinator } from '../../report/awaits.ts';
import { fixed } from './layout.ts';
import type { Objects, Reference } from './objects.ts';
import { isHalted } from './look.ts';
import type { Driven, Handler, Reaction, Reactions } from './reactions.ts';
import type { SharedFunction } from './scripts.ts';

const mostRequests = 100_000;
const mostModules = 4096;

/** What settles a promise, by reference. */
export type Link =
  | { readonly type: 'generator'; readonly generator: Reference; readonly position: number | null }
  | {
      readonly type: 'combinator';
      readonly method: Combinator;
      readonly total: number | null;
      readonly inputs: { readonly promise: Reference; readonly index: number | null }[];
    }
  | {
      readonly type: 'then';
      readonly method: 'then' | 'catch' | 'finally';
      readonly callback: SharedFunction | null;
      readonly promise: Reference;
    }
  | { readonly type: 'follows'; readonly promise: Reference }
  | { readonly type: 'module'; readonly promises: Reference[] };

/** The graph by reference: all that can be told without asking who holds what. */
export interface Links {
  /** The promise that each suspended generator awaits. */
  readonly awaits: ReadonlyMap<Reference, Reference>;
  /** The promises that each of these settles. */
  readonly settles: ReadonlyMap<Reference, readonly Reference[]>;
  /** Reactions of each pending promise. */
  readonly reactions: ReadonlyMap<Reference, readonly Reaction[]>;
  /** What settles a promise, where something in the graph does. */
  readonly sources: ReadonlyMap<Reference, readonly Link[]>;
  /** The promise whose reactions call a closure of the program. */
  readonly callbacks: ReadonlyMap<Reference, Reference>;
  /** Promises of generators that evaluate a module. */
  readonly modules: ReadonlySet<Reference>;
}

/** Links promises and the generators among `suspended`. */
export function link(
  promises: readonly Reference[],
  suspended: ReadonlySet<Reference>,
  objects: Objects,
  readReactions: Reactions,
): Links {
  const awaits = new Map<Reference, Reference>();
  const reactions = new Map<Reference, Reaction[]>();
  const sources = new Sources();
  const modules = new Set<Reference>();
  const callbacks = new Map<Reference, Reference>();
  const driven = new Map<Reference, Reference>();
  for (const promise of promises) {
    const list = readReactions.of(promise);
    if (list.length === 0) continue;
    reactions.set(promise, list);
    for (const reaction of list) {
      const { fulfilled, rejected, derived } = reaction;
      for (const handler of [fulfilled, rejected]) {
        if (handler.type === 'callback') callbacks.set(handler.closure, promise);
      }
      const resumed = first('await', reaction);
      if (resumed !== null) {
        if (suspended.has(resumed.generator)) awaits.set(resumed.generator, promise);
        continue;
      }
      const drives = drivenOf(reaction);
      if (drives !== null && isHalted(drives.generator, objects)) {
        awaits.set(drives.generator, promise);
        driven.set(drives.generator, drives.promise);
        continue;
      }
      const element = first('element', reaction);
      if (element !== null) {
        if (element.promise !== 0) sources.addInput(element, methodOf(fulfilled, rejected), promise);
        continue;
      }
      const resolver = first('resolver', reaction);
      if (resolver !== null) {
        // Promise.race goes by `then`, which gives back a promise; following another promise does not
        if (derived === 0) sources.add(resolver.promise, { type: 'follows', promise });
        else sources.addInput({ promise: resolver.promise, index: null, total: null }, 'race', promise);
        continue;
      }
      const module = first('module', reaction);
      if (module !== null) {
        modules.add(promise);
        for (const evaluation of evaluations(module.module, objects)) sources.addModule(evaluation, promise);
      }
      if (derived !== 0) sources.add(derived, thenOf(reaction, promise));
    }
  }
  const settles = new Map<Reference, Reference[]>();
  for (const generator of awaits.keys()) {
    const driver = driven.get(generator);
    const own = driver === undefined ? promisesOf(generator, objects) : [driver];
    settles.set(generator, own);
    const queued = objects.type(generator) === objects.layout.types.asyncGenerator;
    for (const [index, promise] of own.entries()) {
      sources.add(promise, { type: 'generator', generator, position: queued ? index + 1 : null });
    }
  }
  return { awaits, settles, reactions, sources: sources.finish(), callbacks, modules };
}

/** Collects links by the promise that they settle; the inputs of one combinator are one link. */
class Sources {
  readonly #byPromise = new Map<Reference, Link[]>();
  readonly #combinators = new Map<Reference, Link & { type: 'combinator' }>();
  readonly #modules = new Map<Reference, Set<Reference>>();

  add(promise: Reference, source: Link): void {
    const list = this.#byPromise.get(promise);
    if (list === undefined) this.#byPromise.set(promise, [source]);
    else list.push(source);
  }

  /** All links. A thenable is given resolvers as Promise.race gives them to its inputs: one alone is followed. */
  finish(): ReadonlyMap<Reference, readonly Link[]> {
    for (const [promise, { method, inputs }] of this.#combinators) {
      const [only] = inputs;
      if (method !== 'race' || inputs.length !== 1 || only === undefined) continue;
      const others = this.#byPromise.get(promise)?.filter(({ type }) => type !== 'combinator') ?? [];
      this.#byPromise.set(promise, [...others, { type: 'follows', promise: only.promise }]);
    }
    return this.#byPromise;
  }

  addInput(
    { promise, index, total }: { promise: Reference; index: number | null; total: number | null },
    method: Combinator,
    input: Reference,
  ): void {
    let combinator = this.#combinators.get(promise);
    if (combinator === undefined) {
      combinator = { type: 'combinator', method, total, inputs: [] };
      this.#combinators.set(promise, combinator);
      this.add(promise, combinator);
    }
    combinator.inputs.push({ promise: input, index });
  }

  addModule(evaluation: Reference, promise: Reference): void {
    let promises = this.#modules.get(evaluation);
    if (promises === undefined) {
      this.#modules.set(evaluation, (promises = new Set()));
      const list: Reference[] = [];
      this.add(evaluation, { type: 'module', promises: list });
      promises.add(promise);
      list.push(promise);
      return;
    }
    if (promises.has(promise)) return;
    promises.add(promise);
    const module = this.#byPromise.get(evaluation)?.find(({ type }) => type === 'module');
    if (module?.type === 'module') module.promises.push(promise);
  }
}

type HandlerOf<Type extends Handler['type']> = Extract<Handler, { type: Type }>;

function first<Type extends Handler['type']>(type: Type, { fulfilled, rejected }: Reaction): HandlerOf<Type> | null {
  if (fulfilled.type === type) return fulfilled as HandlerOf<Type>;
  return rejected.type === type ? (rejected as HandlerOf<Type>) : null;
}

/** The generator that both callbacks of a reaction resume, each in its way; null for others. */
export function drivenOf({ fulfilled, rejected }: Reaction): Driven | null {
  if (fulfilled.type !== 'callback' || rejected.type !== 'callback' || fulfilled.drives === null) return null;
  return fulfilled.drives.generator === rejected.drives?.generator ? fulfilled.drives : null;
}

/** Only allSettled notes an input either way; all rejects at once, any fulfils at once. */
function methodOf(fulfilled: Handler, rejected: Handler): Combinator {
  if (fulfilled.type === 'element') return rejected.type === 'element' ? 'allSettled' : 'all';
  return 'any';
}

function thenOf(reaction: Reaction, promise: Reference): Link {
  const last = first('finally', reaction);
  if (last !== null) return { type: 'then', method: 'finally', callback: last.callback, promise };
  const { fulfilled, rejected } = reaction;
  if (fulfilled.type === 'callback') return { type: 'then', method: 'then', callback: fulfilled.callback, promise };
  if (rejected.type === 'callback') return { type: 'then', method: 'catch', callback: rejected.callback, promise };
  return { type: 'follows', promise };
}

/** The promises that a generator settles: its own, or those of the requests in its queue. */
function promisesOf(generator: Reference, objects: Objects): Reference[] {
  const { types } = objects.layout;
  let result = objects.field(generator, fixed.generatorResult);
  if (objects.type(result) === types.promise) return [result];
  const promises: Reference[] = [];
  const seen = new Set<Reference>();
  while (objects.type(result) === types.request && !seen.has(result) && seen.size < mostRequests) {
    seen.add(result);
    let next = 0;
    for (let offset = 8; offset < objects.sizeOf(result); offset += 8) {
      const field = objects.field(result, offset);
      const type = objects.type(field);
      if (type === types.promise) promises.push(field);
      else if (type === types.request) next = field;
    }
    result = next;
  }
  return promises;
}

/** Promises of the evaluations that wait for a module: its own, and those of the modules which import it. */
function evaluations(module: Reference, objects: Objects, seen: Set<Reference> = new Set()): Reference[] {
  if (seen.has(module) || seen.size > mostModules) return [];
  seen.add(module);
  const { types } = objects.layout;
  const found: Reference[] = [];
  for (let offset = 8; offset < objects.sizeOf(module); offset += 8) {
    const field = objects.field(module, offset);
    const type = objects.type(field);
    if (type === types.promise) found.push(field);
    if (type !== types.arrayList) continue;
    const end = Math.min(objects.sizeOf(field) + 8, mostModules * 8);
    for (let at = fixed.arrayElements; at < end; at += 8) {
      const parent = objects.field(field, at);
      if (objects.type(parent) === types.module) found.push(...evaluations(parent, objects, seen));
    }
  }
  return found;
}

/** The promises that have to settle for a link to settle its own. */
export function inputsOf(source: Link): Reference[] {
  switch (source.type) {
    case 'generator':
      return [];
    case 'combinator':
      return source.inputs.map(({ promise }) => promise);
    case 'module':
      return source.promises;
    default:
      return [source.promise];
  }
}

/** Whether a promise waits, in the end, for another one. `further` gives what it waits for beyond the links, or 0. */
export function dependsOn(
  waiting: Reference,
  promise: Reference,
  { awaits, sources }: Links,
  further: (promise: Reference) => Reference = () => 0,
): boolean {
  const reached = new Set<Reference>([waiting]);
  for (const each of reached) {
    if (each === promise) return true;
    const other = further(each);
    if (other !== 0) reached.add(other);
    for (const source of sources.get(each) ?? []) {
      if (source.type === 'generator') reached.add(awaits.get(source.generator) ?? 0);
      else for (const input of inputsOf(source)) reached.add(input);
    }
  }
  return false;
}
