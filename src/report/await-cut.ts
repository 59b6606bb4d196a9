// What of a tree is not drawn node by node: the same function again and again, and what lies too deep.
import { mergeLeaves, type LeafSummary } from './await-detail.ts';
import type { AwaitBranch } from './await-tree.ts';
import type { SuspendedFunction } from './awaits.ts';

/** Branches of which each has the next one alone below it, all of the same function at the same await. */
export interface Run {
  /** The lowest. */
  readonly last: AwaitBranch;
  readonly times: number;
}

/** The run that begins with a branch: a function that calls itself is one line. */
export function runFrom(first: AwaitBranch): Run {
  let last = first;
  let times = 1;
  for (let [next] = last.branches; next !== undefined; [next] = last.branches) {
    if (last.branches.length > 1 || next.ending !== null || !isSame(first, next)) break;
    last = next;
    times++;
  }
  return { last, times };
}

function isSame(one: AwaitBranch, other: AwaitBranch): boolean {
  const [a] = one.functions;
  const [b] = other.functions;
  if (a === undefined || b === undefined || one.count !== other.count || other.again > 0) return false;
  return a.name === b.name && other.callbacks.length === 0 && place(a) === place(b);
}

function place({ at, definedAt }: SuspendedFunction): string {
  const site = at ?? definedAt;
  return site === null ? '' : `${site.file}:${site.line}:${site.column}`;
}

/** What is below a branch: how many branches, and to which leaves they lead. */
export function countBelow({ branches }: AwaitBranch): { readonly branches: number; readonly leaves: LeafSummary[] } {
  const leaves = new Map<string, LeafSummary>();
  let count = 0;
  const path = [...branches];
  for (let branch = path.pop(); branch !== undefined; branch = path.pop()) {
    count++;
    const { leaf } = branch;
    if (leaf !== null) leaves.set(leaf.key, mergeLeaves(leaves.get(leaf.key) ?? leaf, leaf));
    for (const next of branch.branches) path.push(next);
  }
  return { branches: count, leaves: [...leaves.values()] };
}
