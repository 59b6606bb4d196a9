// Questions to a heap snapshot: what a node is, what it holds, and who holds it.
import type { HeapSnapshot } from './snapshot-parser.ts';

export interface Edge {
  readonly type: string;
  /** Of an element or hidden edge its number. */
  readonly name: string;
  readonly node: number;
}

/** Nodes are indexes; -1 is no node. */
export class HeapGraph {
  readonly snapshot: HeapSnapshot;
  readonly #weak: number;
  readonly #numbered: ReadonlySet<number>;
  #firstRetainer: Uint32Array | null = null;
  #retainers = new Uint32Array(0);
  #retainingEdges = new Uint32Array(0);

  constructor(snapshot: HeapSnapshot) {
    this.snapshot = snapshot;
    this.#weak = snapshot.edgeTypes.indexOf('weak');
    this.#numbered = new Set([snapshot.edgeTypes.indexOf('element'), snapshot.edgeTypes.indexOf('hidden')]);
  }

  name(node: number): string {
    return this.snapshot.strings[this.snapshot.nodeName[node] as number] ?? '';
  }

  type(node: number): string {
    return this.snapshot.nodeTypes[this.snapshot.nodeType[node] as number] ?? '';
  }

  /** What it holds, in the order of its fields. */
  edges(node: number): Edge[] {
    const { firstEdge } = this.snapshot;
    const edges: Edge[] = [];
    for (let edge = firstEdge[node] as number; edge < (firstEdge[node + 1] as number); edge++) {
      edges.push(this.#edge(edge, this.snapshot.edgeTo[edge] as number));
    }
    return edges;
  }

  /** What it holds under this name, where the name is none of an element. */
  at(node: number, name: string): number {
    const { firstEdge, edgeType, edgeName, edgeTo, strings } = this.snapshot;
    if (node < 0) return -1;
    for (let edge = firstEdge[node] as number; edge < (firstEdge[node + 1] as number); edge++) {
      if (this.#numbered.has(edgeType[edge] as number)) continue;
      if (strings[edgeName[edge] as number] === name) return edgeTo[edge] as number;
    }
    return -1;
  }

  /** The first node that it holds in a field without a name, and that is what is looked for. */
  hidden(node: number, matches: (node: number) => boolean): number {
    if (node < 0) return -1;
    const found = this.edges(node).find(
      (edge) => (edge.type === 'hidden' || edge.type === 'internal') && matches(edge.node),
    );
    return found?.node ?? -1;
  }

  /** Who holds it, and how; weak references do not hold. */
  retainers(node: number): Edge[] {
    const first = (this.#firstRetainer ??= this.#indexRetainers());
    const edges: Edge[] = [];
    for (let index = first[node] as number; index < (first[node + 1] as number); index++) {
      edges.push(this.#edge(this.#retainingEdges[index] as number, this.#retainers[index] as number));
    }
    return edges;
  }

  #edge(edge: number, node: number): Edge {
    const { edgeType, edgeTypes, edgeName, strings } = this.snapshot;
    const type = edgeType[edge] as number;
    const name = edgeName[edge] as number;
    return {
      type: edgeTypes[type] ?? '',
      name: this.#numbered.has(type) ? String(name) : (strings[name] ?? ''),
      node,
    };
  }

  /** Counts the retainers of each node, makes room for them, and fills it. */
  #indexRetainers(): Uint32Array {
    const { nodeCount, firstEdge, edgeType, edgeTo } = this.snapshot;
    const first = new Uint32Array(nodeCount + 2);
    for (let edge = 0; edge < edgeTo.length; edge++) {
      if (edgeType[edge] !== this.#weak) count(first, (edgeTo[edge] as number) + 2);
    }
    for (let node = 2; node < first.length; node++) first[node] = (first[node] as number) + (first[node - 1] as number);
    this.#retainers = new Uint32Array(edgeTo.length);
    this.#retainingEdges = new Uint32Array(edgeTo.length);
    for (let node = 0; node < nodeCount; node++) {
      for (let edge = firstEdge[node] as number; edge < (firstEdge[node + 1] as number); edge++) {
        if (edgeType[edge] === this.#weak) continue;
        const place = count(first, (edgeTo[edge] as number) + 1);
        this.#retainers[place] = node;
        this.#retainingEdges[place] = edge;
      }
    }
    return first;
  }
}

/** Adds one, and returns what it was before. */
function count(counts: Uint32Array, index: number): number {
  const before = counts[index] as number;
  counts[index] = before + 1;
  return before;
}
