// Numbers what was found in a heap snapshot, as the report has it.
import type {
  AwaitReport,
  CombinatorInput,
  Leaf,
  PendingPromise,
  Source,
  SuspendedFunction,
} from '../../report/awaits.ts';
import type { SiteEntry } from '../../report/format.ts';
import type { AwaitLines } from './await-lines.ts';
import type { HeapGraph } from './heap-graph.ts';
import { closureName, generatorName } from './names.ts';
import type { MakeSite } from './site.ts';
import type { NodeSource, SnapshotGraph, SuspendedGenerator } from './snapshot-graph.ts';

export interface SnapshotFindings {
  readonly graph: HeapGraph;
  readonly found: SnapshotGraph;
  readonly lines: AwaitLines;
  /** What settles a promise that nothing in the graph settles. */
  readonly settlerOf: (promise: number) => Leaf | NodeSource;
  readonly makeSite: MakeSite;
}

type Numbered = Pick<AwaitReport, 'functions' | 'promises'>;

export function numberSnapshot(findings: SnapshotFindings): Numbered {
  return new Numbering(findings).number();
}

class Numbering {
  readonly #findings: SnapshotFindings;
  readonly #generators: readonly SuspendedGenerator[];
  readonly #functionIds = new Map<number, number>();
  readonly #promiseIds = new Map<number, number>();
  /** By id: a list that grows while it is gone through. */
  readonly #promiseNodes: number[] = [];

  constructor(findings: SnapshotFindings) {
    this.#findings = findings;
    const { generators } = findings.found;
    this.#generators = generators.filter(({ node }) => !findings.lines.changed.has(node));
    for (const [id, { node }] of this.#generators.entries()) this.#functionIds.set(node, id);
  }

  number(): Numbered {
    const functions = this.#generators.map((generator, id) => this.#function(generator, id));
    for (const { settles } of this.#generators) for (const promise of settles) this.#includeWaiters(promise);
    const settledBy: Source[][] = [];
    for (const node of this.#promiseNodes) settledBy.push(this.#sources(node));
    const waited = this.#waitedFor(functions, settledBy);
    const promises = settledBy.map((sources, id): PendingPromise => ({
      id,
      settledBy: sources,
      callbacks: waited.has(id) ? [] : this.#callbacks(this.#promiseNodes[id] as number),
    }));
    return { functions, promises };
  }

  #promise(node: number): number {
    let id = this.#promiseIds.get(node);
    if (id === undefined) this.#promiseIds.set(node, (id = this.#promiseNodes.push(node) - 1));
    return id;
  }

  #function(generator: SuspendedGenerator, id: number): SuspendedFunction {
    const { graph, lines, makeSite } = this.#findings;
    const { name, file, line, column } = generatorName(graph, generator.node);
    const definedAt = makeSite({ file, line, column, name, exact: true });
    const await_ = lines.lineOf.get(generator.node);
    const begin = definedAt === null ? null : { ...definedAt, exact: false };
    return {
      id,
      name,
      kind: generator.kind,
      at: await_ === undefined ? begin : makeSite({ file, ...await_, name, exact: true }),
      definedAt,
      thread: 0,
      awaits: this.#promise(generator.awaits),
      settles: generator.settles.map((promise) => this.#promise(promise)),
      task: null,
    };
  }

  /** A combinator that nobody awaits belongs to the picture too: its callbacks are called in the end. */
  #includeWaiters(promise: number): void {
    for (const reaction of this.#findings.found.reactions.get(promise) ?? []) {
      if (reaction.type !== 'combinator' && reaction.type !== 'follow') continue;
      if (reaction.promise < 0 || this.#promiseIds.has(reaction.promise)) continue;
      this.#promise(reaction.promise);
      this.#includeWaiters(reaction.promise);
    }
  }

  #sources(promise: number): Source[] {
    const { found, settlerOf } = this.#findings;
    const sources = (found.sources.get(promise) ?? []).flatMap((source) => this.#source(source));
    if (sources.length > 0) return sources;
    const settler = settlerOf(promise);
    return settler.type === 'leaf' ? [settler] : this.#source(settler);
  }

  #source(source: NodeSource): Source[] {
    switch (source.type) {
      case 'function':
      case 'request': {
        const id = this.#functionIds.get(source.generator);
        if (id === undefined) return []; // it went on after the snapshot
        if (source.type === 'function') return [{ type: 'function', function: id }];
        return [{ type: 'request', function: id, position: source.position }];
      }
      case 'combinator': {
        const { method, total } = source;
        return [{ type: 'combinator', method, inputs: this.#inputs(source), total }];
      }
      case 'follows':
        return [{ type: 'follows', promise: this.#promise(source.promise) }];
      case 'module':
        return [{ type: 'module', promises: source.promises.map((node) => this.#promise(node)) }];
      case 'then':
        break;
    }
    const { method, closure, promise } = source;
    return [{ type: 'then', method, callback: this.#site(closure), promise: this.#promise(promise) }];
  }

  #inputs({ inputs, total }: Extract<NodeSource, { type: 'combinator' }>): CombinatorInput[] {
    const { indexOf } = this.#findings.lines;
    const known = new Set(inputs.map((node) => indexOf.get(node)).filter((index) => index !== undefined));
    // Where all are pending and all places but one are known, the last one has the last place.
    const isLast = inputs.length === total && known.size === total - 1;
    const last = isLast ? inputs.findIndex((_, index) => !known.has(index)) : -1;
    return inputs
      .map((node) => ({ promise: this.#promise(node), index: indexOf.get(node) ?? (last < 0 ? null : last) }))
      .toSorted((a, b) => (a.index ?? 0) - (b.index ?? 0));
  }

  #site(closure: number): SiteEntry | null {
    if (closure < 0) return null;
    const { name, file, line, column } = closureName(this.#findings.graph, closure);
    return this.#findings.makeSite({ file, line, column, name, exact: true });
  }

  #callbacks(promise: number): SiteEntry[] {
    return (this.#findings.found.reactions.get(promise) ?? []).flatMap((reaction) => {
      const site = reaction.type === 'then' ? this.#site(reaction.closure) : null;
      return site === null ? [] : [site];
    });
  }

  /** Ids of the promises for which something in the report waits. */
  #waitedFor(functions: readonly SuspendedFunction[], settledBy: readonly (readonly Source[])[]): Set<number> {
    const waited = new Set(functions.map(({ awaits }) => awaits));
    for (const source of settledBy.flat()) {
      if (source.type === 'then' || source.type === 'follows') waited.add(source.promise);
      else if (source.type === 'combinator') for (const { promise } of source.inputs) waited.add(promise);
      else if (source.type === 'module') for (const promise of source.promises) waited.add(promise);
    }
    return waited;
  }
}
