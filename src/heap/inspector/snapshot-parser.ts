// Takes the text of a heap snapshot as it comes into typed arrays: the whole of it may be longer than a string can be.

/** A heap snapshot. Nodes and edges are indexes; the edges of node n are those from `firstEdge[n]` to `firstEdge[n + 1]`. */
export interface HeapSnapshot {
  readonly nodeCount: number;
  readonly nodeTypes: readonly string[];
  readonly edgeTypes: readonly string[];
  readonly nodeType: Uint8Array;
  readonly nodeName: Uint32Array;
  readonly nodeId: Uint32Array;
  /** In bytes, of the node alone. */
  readonly nodeSize: Uint32Array;
  readonly firstEdge: Uint32Array;
  readonly edgeType: Uint8Array;
  /** An index of `strings`, or the number of an element or hidden edge. */
  readonly edgeName: Uint32Array;
  readonly edgeTo: Uint32Array;
  /** Where functions begin, by their node: line and column from 0. */
  readonly locations: ReadonlyMap<number, { readonly line: number; readonly column: number }>;
  readonly strings: readonly string[];
}

interface Header {
  readonly meta: {
    readonly node_fields: readonly string[];
    readonly node_types: readonly [readonly string[], ...unknown[]];
    readonly edge_types: readonly [readonly string[], ...unknown[]];
  };
  readonly node_count: number;
  readonly edge_count: number;
}

/** Longer ones are contents, not names. */
const maxStringLength = 200;

const zero = 48;
const nine = 57;

/** Feed it with `write`, then `finish`. */
export class SnapshotParser {
  #state: 'header' | 'between' | 'numbers' | 'strings' | 'done' = 'header';
  /** Text that is not understood yet. */
  #text = '';
  #snapshot: HeapSnapshot | null = null;
  #take: (value: number) => void = ignore;
  #number = -1;
  /** The beginning of a string that goes on in the next piece; null between strings. */
  #string: string | null = null;
  readonly #strings: string[] = [];
  readonly #locations = new Map<number, { line: number; column: number }>();
  #nodeFields: readonly string[] = [];

  write(piece: string): void {
    let rest = piece;
    while (rest !== '' && this.#state !== 'done') {
      if (this.#state === 'numbers') rest = this.#readNumbers(rest);
      else if (this.#state === 'strings') rest = this.#readStrings(rest);
      else rest = this.#readNames(rest);
    }
  }

  /** @throws Error when the text ended too early. */
  finish(): HeapSnapshot {
    if (this.#snapshot === null || this.#state !== 'done') throw new Error('the heap snapshot is not complete');
    return this.#snapshot;
  }

  /** Looks for the beginning of the next list, and returns what follows it. */
  #readNames(piece: string): string {
    this.#text += piece;
    const pattern = this.#state === 'header' ? /,\s*"(nodes)":\[/ : /"(\w+)":\[/;
    const found = pattern.exec(this.#text);
    if (found === null) return '';
    if (this.#state === 'header') this.#start(`${this.#text.slice(0, found.index)}}`);
    const rest = this.#text.slice(found.index + found[0].length);
    this.#text = '';
    this.#begin(found[1] as string);
    return rest;
  }

  #start(text: string): void {
    const { snapshot } = JSON.parse(text) as { snapshot: Header };
    const { meta, node_count: nodes, edge_count: edges } = snapshot;
    this.#nodeFields = meta.node_fields;
    this.#snapshot = {
      nodeCount: nodes,
      nodeTypes: meta.node_types[0],
      edgeTypes: meta.edge_types[0],
      nodeType: new Uint8Array(nodes),
      nodeName: new Uint32Array(nodes),
      nodeId: new Uint32Array(nodes),
      nodeSize: new Uint32Array(nodes),
      firstEdge: new Uint32Array(nodes + 1),
      edgeType: new Uint8Array(edges),
      edgeName: new Uint32Array(edges),
      edgeTo: new Uint32Array(edges),
      locations: this.#locations,
      strings: this.#strings,
    };
  }

  #begin(list: string): void {
    this.#state = list === 'strings' ? 'strings' : 'numbers';
    const snapshot = this.#snapshot as HeapSnapshot;
    if (list === 'nodes') this.#take = takeNodes(snapshot, this.#nodeFields);
    else if (list === 'edges') this.#take = takeEdges(snapshot, this.#nodeFields.length);
    else if (list === 'locations') this.#take = takeLocations(this.#locations, this.#nodeFields.length);
    else this.#take = ignore;
  }

  #readNumbers(piece: string): string {
    let number = this.#number;
    for (let index = 0; index < piece.length; index++) {
      const code = piece.charCodeAt(index);
      if (code >= zero && code <= nine) {
        number = (number < 0 ? 0 : number * 10) + code - zero;
        continue;
      }
      if (number >= 0) this.#take(number);
      number = -1;
      if (piece[index] === ']') {
        this.#number = -1;
        this.#state = 'between';
        return piece.slice(index + 1);
      }
    }
    this.#number = number;
    return '';
  }

  #readStrings(piece: string): string {
    if (this.#string === null) {
      const start = piece.search(/["\]]/);
      if (start < 0) return '';
      if (piece[start] === ']') {
        this.#state = 'done';
        return '';
      }
      this.#string = '';
      return piece.slice(start + 1);
    }
    const end = /^(?:[^"\\]|\\.)*"/s.exec(this.#string + piece);
    return end === null ? this.#keepString(piece) : this.#endString(end[0].slice(0, -1), piece);
  }

  #keepString(piece: string): string {
    this.#string += piece;
    return '';
  }

  #endString(raw: string, piece: string): string {
    const rest = piece.slice(raw.length + 1 - (this.#string as string).length);
    const short = raw.slice(0, maxStringLength);
    this.#strings.push(raw.includes('\\') && short === raw ? (JSON.parse(`"${raw}"`) as string) : short);
    this.#string = null;
    return rest;
  }
}

function ignore(): void {}

function takeNodes(snapshot: HeapSnapshot, fields: readonly string[]): (value: number) => void {
  const { nodeType, nodeName, nodeId, nodeSize, firstEdge } = snapshot;
  const place = (name: string): number => fields.indexOf(name);
  const [type, name, id, size] = [place('type'), place('name'), place('id'), place('self_size')];
  const edges = place('edge_count');
  let [node, field] = [0, 0];
  return (value) => {
    if (field === type) nodeType[node] = value;
    else if (field === name) nodeName[node] = value;
    else if (field === id) nodeId[node] = value;
    else if (field === size) nodeSize[node] = value;
    else if (field === edges) firstEdge[node + 1] = (firstEdge[node] as number) + value;
    if (++field === fields.length) {
      field = 0;
      node++;
    }
  };
}

function takeEdges({ edgeType, edgeName, edgeTo }: HeapSnapshot, nodeFields: number): (value: number) => void {
  let [edge, field] = [0, 0];
  return (value) => {
    if (field === 0) edgeType[edge] = value;
    else if (field === 1) edgeName[edge] = value;
    else edgeTo[edge++] = value / nodeFields;
    field = (field + 1) % 3;
  };
}

function takeLocations(
  locations: Map<number, { line: number; column: number }>,
  nodeFields: number,
): (value: number) => void {
  let row: number[] = [];
  return (value) => {
    row.push(value);
    if (row.length < 4) return;
    const [node, , line, column] = row as [number, number, number, number];
    locations.set(node / nodeFields, { line, column });
    row = [];
  };
}
