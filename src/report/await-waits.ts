// What a function waits for in the end: the leaves below it, alike ones as one, and what joins them.
import { mergeLeaves, type LeafSummary } from './await-detail.ts';
import type { AwaitNode } from './await-graph.ts';
import type { AwaitShapes } from './await-shapes.ts';
import type { Combinator } from './awaits.ts';

export interface Waits {
  /** The first combinator on the way down, if there is one before the ways part. */
  readonly combinator: CombinatorSummary | null;
  /** Those which are unlike, `mostLeaves` at most. */
  readonly leaves: readonly LeafSummary[];
  /** There are more of them. */
  readonly more: boolean;
  /** There is an await cycle in the end. */
  readonly circular: boolean;
}

/** A combinator, or many that look alike. */
export interface CombinatorSummary {
  readonly method: Combinator;
  readonly pending: Span;
  /** Null where it is not known. */
  readonly total: Span | null;
}

export interface Span {
  readonly least: number;
  readonly most: number;
}

const mostLeaves = 8;
const nothing: Waits = { combinator: null, leaves: [], more: false, circular: false };

/** What each node waits for, by its id. */
export function findWaits(nodes: readonly AwaitNode[], { parts, circular }: AwaitShapes): Waits[] {
  const waits = new Array<Waits>(nodes.length);
  for (const part of parts) {
    const [first] = part;
    if (first === undefined) continue;
    if (circular[first.id] === true) {
      const below = part.flatMap((node) => node.below.flatMap(({ id }) => waits[id] ?? []));
      const own = { ...mergeWaits(below), combinator: null, circular: true };
      for (const { id } of part) waits[id] = own;
    } else waits[first.id] = waitsOf(first, waits);
  }
  return waits;
}

function waitsOf({ step, below }: AwaitNode, waits: readonly Waits[]): Waits {
  if (step.type === 'leaf') return { ...nothing, leaves: [step.leaf] };
  const all = mergeWaits(below.map(({ id }) => waits[id] ?? nothing));
  if (step.type !== 'combinator') return step.type === 'either' ? { ...all, combinator: null } : all;
  return { ...all, combinator: summariseCombinator(step) };
}

/** Of many nodes that look alike, or of all that are below a node. */
export function mergeWaits(all: readonly Waits[]): Waits {
  const [first = nothing, ...others] = new Set(all);
  if (others.length === 0) return first;
  const leaves = new Map(first.leaves.map((leaf) => [leaf.key, leaf]));
  let { combinator, more, circular } = first;
  for (const other of others) {
    combinator = mergeCombinators(combinator, other.combinator);
    more ||= other.more;
    circular ||= other.circular;
    for (const leaf of other.leaves) {
      const known = leaves.get(leaf.key);
      if (known !== undefined) leaves.set(leaf.key, mergeLeaves(known, leaf));
      else if (leaves.size < mostLeaves) leaves.set(leaf.key, leaf);
      else more = true;
    }
  }
  return { combinator, leaves: [...leaves.values()], more, circular };
}

/** One combinator as the summary of itself. */
export function summariseCombinator(step: {
  readonly method: Combinator;
  readonly inputs: readonly unknown[];
  readonly total: number | null;
}): CombinatorSummary {
  const { method, inputs, total } = step;
  return { method, pending: spanOf(inputs.length), total: total === null ? null : spanOf(total) };
}

/** Of two that look alike; null where they do not. */
export function mergeCombinators(
  one: CombinatorSummary | null,
  other: CombinatorSummary | null,
): CombinatorSummary | null {
  if (one === other) return one;
  if (one === null || one.method !== other?.method) return null;
  const total = one.total === null || other.total === null ? null : mergeSpans(one.total, other.total);
  return { method: one.method, pending: mergeSpans(one.pending, other.pending), total };
}

function spanOf(number: number): Span {
  return { least: number, most: number };
}

function mergeSpans(one: Span, other: Span): Span {
  return { least: Math.min(one.least, other.least), most: Math.max(one.most, other.most) };
}
