// Puts the graph together: numbers instead of references, names and places instead of functions.
import type {
  CombinatorInput,
  Leaf,
  PendingPromise,
  Source,
  SuspendedFunction,
  TaskReference,
  ThreadEntry,
} from '../../report/awaits.ts';
import type { SiteEntry } from '../../report/format.ts';
import type { AwaitSites } from './await-sites.ts';
import { fixed } from './layout.ts';
import type { Holders } from './holders.ts';
import { nameAround, privateName } from './name-around.ts';
import { isOwn } from './own.ts';
import { drivenOf, inputsOf, type Link, type Links } from './link.ts';
import type { Objects, Reference } from './objects.ts';
import type { Scripts, SharedFunction } from './scripts.ts';
import type { Settler } from './holder-search.ts';
import type { Tasks } from './tasks.ts';
import type { Threads } from './threads.ts';

/** What knows the parts. */
export interface Parts {
  readonly objects: Objects;
  readonly scripts: Scripts;
  readonly sites: AwaitSites;
  readonly holders: Holders;
  readonly threads: Threads;
  readonly tasks: Tasks;
  readonly mapSite: (site: SiteEntry) => SiteEntry;
}

export interface Assembled {
  readonly functions: SuspendedFunction[];
  readonly promises: PendingPromise[];
  readonly threads: ThreadEntry[];
}

const plainReceivers = /^(|Object|Function)$/;

/**
 * The promises that matter to suspended functions and are settled by nothing in the graph, but for those that have a settler
 * already: what comes before that matters then.
 */
export function leavesOf(links: Links, settlers: ReadonlyMap<Reference, Settler>): Reference[] {
  const reached = new Set<Reference>(links.awaits.values());
  const leaves: Reference[] = [];
  for (const promise of reached) {
    const sources = links.sources.get(promise) ?? [];
    const settler = settlers.get(promise);
    if (sources.length === 0 && settler === undefined) leaves.push(promise);
    if (settler !== undefined && settler.after !== 0) reached.add(settler.after);
    for (const source of sources) for (const input of inputsOf(source)) reached.add(input);
  }
  return leaves;
}

/** The graph with numbers in place of references, put together in two steps: settlers are found in between. */
export class Assembly {
  readonly #links: Links;
  readonly #parts: Parts;
  readonly #functions: SuspendedFunction[] = [];
  /** Of the thread of each function. */
  readonly #environments: number[] = [];
  readonly #generatorIds = new Map<Reference, number>();
  readonly #promiseIds = new Map<Reference, number>();
  readonly #promises: Reference[] = [];

  /** Reads the suspended functions, at once: they may go on, and the heap may be collected. */
  constructor(links: Links, parts: Parts) {
    this.#links = links;
    this.#parts = parts;
    for (const generator of links.awaits.keys()) this.#generatorIds.set(generator, this.#generatorIds.size);
    for (const [generator, awaited] of links.awaits) this.#addFunction(generator, awaited);
  }

  /** Adds the promises, with what settles them. `leafOf` puts a settler in words. */
  finish(settlers: ReadonlyMap<Reference, Settler>, leafOf: (settler: Settler | undefined) => Leaf): Assembled {
    const promises: PendingPromise[] = [];
    for (let id = 0; id < this.#promises.length; id++) {
      const promise = this.#promises[id] as Reference;
      const sources = (this.#links.sources.get(promise) ?? []).map((link) => this.#sourceOf(link));
      const settler = settlers.get(promise);
      if (sources.length === 0) sources.push(this.#lastSource(id, settler) ?? leafOf(settler));
      promises.push({ id, settledBy: sources, callbacks: this.#callbacksOf(promise) });
    }
    return { promises, ...withThreads(this.#functions, this.#environments, this.#parts.threads) };
  }

  #idOf(promise: Reference): number {
    let id = this.#promiseIds.get(promise);
    if (id === undefined) {
      this.#promiseIds.set(promise, (id = this.#promises.length));
      this.#promises.push(promise);
    }
    return id;
  }

  #addFunction(generator: Reference, awaited: Reference): void {
    const { objects, scripts, sites, threads } = this.#parts;
    const closure = objects.field(generator, fixed.generatorFunction);
    const shared = scripts.ofClosure(closure);
    const settles = this.#links.settles.get(generator) ?? [];
    const isModule = settles.some((promise) => this.#links.modules.has(promise));
    const isGenerator = objects.type(generator) === objects.layout.types.asyncGenerator;
    const place = sites.of(generator);
    const name = isModule ? '' : nameOf(generator, shared, this.#parts);
    const begin = beginOf(shared, name, this.#parts);
    this.#environments.push(threads.of(closure));
    this.#functions.push({
      id: this.#functions.length,
      name,
      kind: isModule ? 'module' : isGenerator ? 'async generator' : 'async function',
      at: place === null ? begin && { ...begin, exact: false } : siteOf(shared, place, name, this.#parts),
      definedAt: begin,
      thread: 0,
      awaits: this.#idOf(awaited),
      settles: settles.map((promise) => this.#idOf(promise)),
      task: taskOf(generator, awaited, settles, this.#links, this.#parts.tasks),
    });
  }

  #sourceOf(link: Link): Source {
    switch (link.type) {
      case 'generator': {
        const id = this.#generatorIds.get(link.generator) as number;
        return link.position === null
          ? { type: 'function', function: id }
          : { type: 'request', function: id, position: link.position };
      }
      case 'combinator': {
        const { method } = link;
        // the list of errors of Promise.any grows as they come
        const total = method === 'any' ? null : link.total;
        const inputs = link.inputs.map(({ promise, index }): CombinatorInput => ({
          promise: this.#idOf(promise),
          index,
        }));
        return {
          type: 'combinator',
          method,
          inputs: inputs.toSorted((a, b) => (a.index ?? 0) - (b.index ?? 0)),
          total,
        };
      }
      case 'then': {
        const { method, callback, promise } = link;
        const site = callback === null ? null : beginOf(callback, callback.name, this.#parts);
        return { type: 'then', method, callback: site, promise: this.#idOf(promise) };
      }
      case 'follows':
        return { type: 'follows', promise: this.#idOf(link.promise) };
      default:
        return { type: 'module', promises: link.promises.map((promise) => this.#idOf(promise)) };
    }
  }

  /** What goes on by itself and then settles a promise: a suspended function, or a callback on another promise. */
  #lastSource(promise: number, settler: Settler | undefined): Source | null {
    const by = this.#generatorIds.get(settler?.by ?? 0);
    if (by !== undefined) {
      const entry = this.#functions[by] as SuspendedFunction;
      this.#functions[by] = { ...entry, settles: [...entry.settles, promise] };
      return { type: 'function', function: by };
    }
    if (settler === undefined || settler.after === 0) return null;
    const shared = this.#parts.scripts.ofClosure(settler.root);
    const callback = beginOf(shared, shared.name, this.#parts);
    return { type: 'then', method: 'then', callback, promise: this.#idOf(settler.after) };
  }

  /** Callbacks of the program on a promise, which say who goes on when a root settles. */
  #callbacksOf(promise: Reference): SiteEntry[] {
    const sites: SiteEntry[] = [];
    for (const { fulfilled, rejected } of this.#links.reactions.get(promise) ?? []) {
      for (const handler of [fulfilled, rejected]) {
        if (handler.type !== 'callback' && handler.type !== 'finally') continue;
        const script = handler.callback?.script?.name ?? '';
        if (handler.callback === null || script.startsWith('node:') || isOwn(script)) continue;
        const site = beginOf(handler.callback, handler.callback.name, this.#parts);
        if (site !== null) sites.push(site);
      }
    }
    return sites;
  }
}

function withThreads(
  functions: SuspendedFunction[],
  environments: readonly number[],
  threads: Threads,
): { functions: SuspendedFunction[]; threads: ThreadEntry[] } {
  const known = threads.environments();
  return {
    functions: functions.map((entry, index) => ({
      ...entry,
      thread: Math.max(0, known.indexOf(environments[index] as number)),
    })),
    threads:
      known.length === 0
        ? [{ id: 0, name: 'main' }]
        : known.map((_, id) => ({ id, name: id === 0 ? 'main' : `worker ${id}` })),
  };
}

/** A method is named with the class of the object that it was called on, or with the class itself where it is static. */
function nameOf(generator: Reference, shared: SharedFunction, { objects, scripts, holders }: Parts): string {
  const closure = objects.field(generator, fixed.generatorFunction);
  const isDriven = objects.type(generator) === objects.layout.types.generator;
  const name =
    shared.name ||
    // a computed name is kept with the closure
    (objects.string(objects.property(closure, 'name'), 100) ?? '') ||
    (isDriven ? nameAround(shared.script?.before(shared.start) ?? '') : '');
  const receiver = objects.field(generator, fixed.generatorReceiver);
  const type = objects.type(receiver);
  if (name === '' || (!shared.isMethod && !isDriven) || !objects.isObject(type)) return name;
  const className = objects.isFunction(type) ? scripts.ofClosure(receiver).name : holders.className(receiver);
  if (plainReceivers.test(className)) return name;
  return `${className}.${isDriven ? privateName(name, className) : name}`;
}

function beginOf(shared: SharedFunction, name: string, parts: Parts): SiteEntry | null {
  const place = shared.start < 0 ? null : (shared.script?.place(shared.start) ?? null);
  return place === null ? null : siteOf(shared, place, name, parts);
}

function siteOf(
  { script }: SharedFunction,
  { line, column }: { line: number; column: number },
  name: string,
  { mapSite }: Parts,
): SiteEntry {
  return mapSite({ file: script?.name ?? '', line, column, function: name, exact: true });
}

/** The context is kept with the reaction that resumes the function, or with the promise that it settles. */
function taskOf(
  generator: Reference,
  awaited: Reference,
  settles: readonly Reference[],
  { reactions }: Links,
  tasks: Tasks,
): TaskReference | null {
  const own = reactions.get(awaited)?.find((reaction) => {
    const { fulfilled } = reaction;
    return (fulfilled.type === 'await' ? fulfilled : drivenOf(reaction))?.generator === generator;
  });
  return tasks.of(own?.frame ?? 0, settles[0] ?? 0);
}
