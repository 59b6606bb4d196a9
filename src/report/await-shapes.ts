// Which nodes look alike, with everything that is below or above them: two nodes of the same shape are the same chain or
// tree of functions, sites and kinds of leaves. One pass over the graph, the bottom first, or the top.
import type { AwaitNode } from './await-graph.ts';
import { stronglyConnected } from './connected.ts';
import type { SiteEntry } from './format.ts';

export interface AwaitShapes {
  /** What the node is, whatever is below and above. By id of the node, as all lists here. */
  readonly labels: readonly number[];
  readonly below: readonly Shape[];
  readonly above: readonly Shape[];
  /** Parts of the graph of which every node awaits every other in the end; the lowest first. Most have one node. */
  readonly parts: readonly (readonly AwaitNode[])[];
  /** Whether the node awaits itself in the end. */
  readonly circular: readonly boolean[];
}

export interface Shape {
  readonly id: number;
  /** The same for the same shape in another look at the process: 53 bits. */
  readonly key: number;
  /** How many lines a drawing of it takes, about; never above `manyLines`. */
  readonly lines: number;
}

const manyLines = 1000;

/** Finds the shapes of all nodes. Linear in the size of the graph. */
export function findShapes(nodes: readonly AwaitNode[]): AwaitShapes {
  const labelIds = new Map<string, number>();
  const texts = nodes.map(labelOf);
  const labels = texts.map((text) => numberOf(text, labelIds));
  const parts = stronglyConnected(nodes, ({ below }) => below);
  const circular = new Array<boolean>(nodes.length).fill(false);
  for (const part of parts) {
    const [first] = part;
    const inCircle = part.length > 1 || first?.below.includes(first) === true;
    if (inCircle) for (const { id } of part) circular[id] = true;
  }

  function shapesAlong(sorted: readonly (readonly AwaitNode[])[], next: 'below' | 'above'): Shape[] {
    const known = new Map<string, Shape>();
    const knownOthers = new Map<string, number>();
    const shapes = new Array<Shape>(nodes.length);
    for (const part of sorted) {
      const others = besides(part, next, shapes, knownOthers);
      const round = circular[(part[0] as AwaitNode).id] === true ? circleKey(part, texts) : null;
      for (const { id } of part) shapes[id] = shapeOf(texts[id] as string, labels[id] as number, round, others, known);
    }
    return shapes;
  }

  return {
    labels,
    below: shapesAlong(parts, 'below'),
    above: shapesAlong(parts.toReversed(), 'above'),
    parts,
    circular,
  };
}

/** What all functions of a circle are, whatever their order: circles of the same functions look alike. */
function circleKey(part: readonly AwaitNode[], texts: readonly string[]): number {
  return digest([...new Set(part.map(({ id }) => texts[id] as string))].toSorted().join('\u0003'));
}

/** What is next to a part, and no part of it. */
interface Others {
  readonly id: number;
  readonly key: number;
  readonly lines: number;
}

function besides(
  part: readonly AwaitNode[],
  next: 'below' | 'above',
  shapes: readonly (Shape | undefined)[],
  known: Map<string, number>,
): Others {
  // Those of the part itself have no shape yet.
  const all = part.flatMap((node) => node[next].flatMap(({ id }) => shapes[id] ?? []));
  const others = all.length < 2 ? all : [...new Set(all)].toSorted((a, b) => a.id - b.id);
  const keys = others.map(({ key }) => key);
  return {
    id: numberOf(others.map(({ id }) => id).join(','), known),
    key: keys.length < 2 ? (keys[0] ?? 0) : digest(keys.toSorted((a, b) => a - b).join(',')),
    lines: others.reduce((sum, { lines }) => Math.min(manyLines, sum + lines), 1),
  };
}

function shapeOf(text: string, label: number, round: number | null, others: Others, known: Map<string, Shape>): Shape {
  const identity = `${label} ${round ?? ''} ${others.id}`;
  const shape = known.get(identity);
  if (shape !== undefined) return shape;
  const key = digest(`${text}\u0004${round ?? ''}\u0004${others.key}`);
  const created = { id: known.size, key, lines: round === null ? others.lines : manyLines };
  known.set(identity, created);
  return created;
}

function labelOf({ step, callbacks }: AwaitNode): string {
  return [...stepWords(step), ...callbacks.map(siteText)].join('\u0005');
}

function stepWords(step: AwaitNode['step']): string[] {
  switch (step.type) {
    case 'function': {
      const { name, kind, at, definedAt } = step.function;
      return [kind, name, siteText(at ?? definedAt)];
    }
    case 'leaf':
      return ['leaf', step.leaf.key];
    case 'combinator':
      return ['combinator', step.method];
    case 'then':
      return ['then', step.method, siteText(step.callback)];
    default:
      return [step.type];
  }
}

function siteText(site: SiteEntry | null): string {
  return site === null ? '' : `${site.file}:${site.line}:${site.column}`;
}

function numberOf(text: string, known: Map<string, number>): number {
  const found = known.get(text);
  if (found !== undefined) return found;
  known.set(text, known.size);
  return known.size - 1;
}

/** 53 bits of a text, as many as a number keeps exactly: two FNV-1a hashes that begin differently. */
function digest(text: string): number {
  let one = 0x81_1c_9d_c5;
  let other = 0x01_00_01_93;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    one = Math.imul(one ^ code, 0x01_00_01_93);
    other = Math.imul(other ^ (code + 1), 0x85_eb_ca_6b);
    other ^= other >>> 13;
  }
  return (one >>> 0) * 2 ** 21 + (other >>> 11);
}
