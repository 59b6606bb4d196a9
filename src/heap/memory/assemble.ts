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
import { isOwn } from './own.ts';
import { inputsOf, type Link, type Links } from './link.ts';
import type { Objects, Reference } from './objects.ts';
import type { Scripts, SharedFunction } from './scripts.ts';
import type { Settler } from './settlers.ts';
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
  /** What could settle promises that nothing in the graph settles. */
  readonly settlers: ReadonlyMap<Reference, Settler>;
  readonly leaf: (settler: Settler | undefined) => Leaf;
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

/** Assembles what suspended functions await. */
export function assemble(links: Links, parts: Parts): Assembled {
  const functions: SuspendedFunction[] = [];
  const promises: PendingPromise[] = [];
  const generatorIds = new Map<Reference, number>();
  const promiseIds = new Map<Reference, number>();
  const order: Reference[] = [];
  const idOf = (promise: Reference): number => {
    let id = promiseIds.get(promise);
    if (id === undefined) {
      promiseIds.set(promise, (id = order.length));
      order.push(promise);
    }
    return id;
  };
  for (const generator of links.awaits.keys()) generatorIds.set(generator, generatorIds.size);

  const environments: number[] = [];
  for (const [generator, awaited] of links.awaits) {
    const closure = parts.objects.field(generator, fixed.generatorFunction);
    const shared = parts.scripts.ofClosure(closure);
    const settles = links.settles.get(generator) ?? [];
    const isModule = settles.some((promise) => links.modules.has(promise));
    const isGenerator = parts.objects.type(generator) === parts.objects.layout.types.asyncGenerator;
    const place = parts.sites.of(generator);
    const name = isModule ? '' : nameOf(generator, shared, parts);
    const begin = beginOf(shared, name, parts);
    environments.push(parts.threads.of(closure));
    functions.push({
      id: functions.length,
      name,
      kind: isModule ? 'module' : isGenerator ? 'async generator' : 'async function',
      at: place === null ? begin && { ...begin, exact: false } : siteOf(shared, place, name, parts),
      definedAt: begin,
      thread: 0,
      awaits: idOf(awaited),
      settles: settles.map(idOf),
      task: taskOf(generator, awaited, settles, links, parts.tasks),
    });
  }
  for (let id = 0; id < order.length; id++) {
    const promise = order[id] as Reference;
    const sources = (links.sources.get(promise) ?? []).map((link) => sourceOf(link, generatorIds, idOf, parts));
    const by = generatorIds.get(parts.settlers.get(promise)?.by ?? 0);
    const holder = by === undefined ? undefined : functions[by];
    if (sources.length === 0 && holder !== undefined) (holder.settles as number[]).push(id);
    promises.push({
      id,
      settledBy: sources.length > 0 ? sources : [lastSource(promise, links, generatorIds, idOf, parts)],
      callbacks: callbacksOf(promise, links, parts),
    });
  }
  return { promises, ...withThreads(functions, environments, parts.threads) };
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
  // a computed name is kept with the closure
  const name = shared.name || (objects.string(objects.property(closure, 'name'), 100) ?? '');
  const receiver = objects.field(generator, fixed.generatorReceiver);
  const type = objects.type(receiver);
  if (name === '' || !shared.isMethod || !objects.isObject(type)) return name;
  const className = objects.isFunction(type) ? scripts.ofClosure(receiver).name : holders.className(receiver);
  return plainReceivers.test(className) ? name : `${className}.${name}`;
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

function sourceOf(
  link: Link,
  generators: ReadonlyMap<Reference, number>,
  idOf: (promise: Reference) => number,
  parts: Parts,
): Source {
  switch (link.type) {
    case 'generator': {
      const id = generators.get(link.generator) as number;
      return link.position === null
        ? { type: 'function', function: id }
        : { type: 'request', function: id, position: link.position };
    }
    case 'combinator': {
      const inputs = link.inputs.map(({ promise, index }): CombinatorInput => ({ promise: idOf(promise), index }));
      const { method } = link;
      // the list of errors of Promise.any grows as they come
      const total = method === 'any' ? null : link.total;
      return { type: 'combinator', method, inputs: inputs.toSorted((a, b) => (a.index ?? 0) - (b.index ?? 0)), total };
    }
    case 'then': {
      const { method, callback, promise } = link;
      const site = callback === null ? null : beginOf(callback, callback.name, parts);
      return { type: 'then', method, callback: site, promise: idOf(promise) };
    }
    case 'follows':
      return { type: 'follows', promise: idOf(link.promise) };
    default:
      return { type: 'module', promises: link.promises.map(idOf) };
  }
}

/** What settles a promise that nothing in the graph settles: a callback on another promise, or a leaf. */
function lastSource(
  promise: Reference,
  { callbacks }: Links,
  generators: ReadonlyMap<Reference, number>,
  idOf: (promise: Reference) => number,
  parts: Parts,
): Source {
  const settler = parts.settlers.get(promise);
  const by = generators.get(settler?.by ?? 0);
  if (by !== undefined) return { type: 'function', function: by };
  if (settler === undefined || settler.after === 0) return parts.leaf(settler);
  const shared = parts.scripts.ofClosure(settler.root);
  const callback = callbacks.has(settler.root) ? beginOf(shared, shared.name, parts) : null;
  return { type: 'then', method: 'then', callback, promise: idOf(settler.after) };
}

/** Callbacks of the program on a promise, which say who goes on when a root settles. */
function callbacksOf(promise: Reference, { reactions }: Links, parts: Parts): SiteEntry[] {
  const sites: SiteEntry[] = [];
  for (const { fulfilled, rejected } of reactions.get(promise) ?? []) {
    for (const handler of [fulfilled, rejected]) {
      if (handler.type !== 'callback' && handler.type !== 'finally') continue;
      const script = handler.callback?.script?.name ?? '';
      if (handler.callback === null || script.startsWith('node:') || isOwn(script)) continue;
      const site = beginOf(handler.callback, handler.callback.name, parts);
      if (site !== null) sites.push(site);
    }
  }
  return sites;
}

/** The context is kept with the reaction that resumes the function, or with the promise that it settles. */
function taskOf(
  generator: Reference,
  awaited: Reference,
  settles: readonly Reference[],
  { reactions }: Links,
  tasks: Tasks,
): TaskReference | null {
  const own = reactions
    .get(awaited)
    ?.find(({ fulfilled }) => fulfilled.type === 'await' && fulfilled.generator === generator);
  return tasks.of(own?.frame ?? 0, settles[0] ?? 0);
}
