// What can be said of a process as a whole: how much is suspended, and what most of it waits for.
import { mergeLeaves, type LeafSummary } from './await-detail.ts';
import type { AwaitView } from './await-view.ts';

export interface AwaitTotals {
  /** All suspended functions, and those of them that the filter asks for. */
  readonly functions: number;
  readonly matching: number;
  /** Functions of Node above those of the program, which are not shown. */
  readonly hidden: number;
  /** Functions, or what joins promises, that nobody awaits. */
  readonly chains: number;
  /** Circles of functions that await each other. */
  readonly cycles: number;
  /** How many of those asked for can never go on, because nobody can settle what they wait for. Those in cycles are apart. */
  readonly lost: number;
  /** What those asked for wait for in the end, and how many wait for it: most first. A function can wait for several. */
  readonly leaves: readonly { readonly leaf: LeafSummary; readonly count: number }[];
}

/** Counts. Linear in the size of the graph. */
export function awaitTotals({ nodes, shapes, waits, hidden, matching }: AwaitView): AwaitTotals {
  const functions = nodes.filter(({ step }) => step.type === 'function');
  const asked = functions.filter(({ id }) => matching[id] === true);
  const tops = nodes.filter(
    ({ id, step, above }) => step.type !== 'leaf' && hidden[id] !== true && above.every((each) => hidden[each.id]),
  );
  const cycles = shapes.parts.filter((part) =>
    part.some(({ id, step }) => step.type === 'function' && shapes.circular[id] === true),
  );
  const closed = cycles.filter((part) => {
    const inside = new Set(part);
    return part.every(({ above }) => above.every((node) => inside.has(node)));
  });
  const leaves = new Map<string, { leaf: LeafSummary; count: number }>();
  let lost = 0;
  for (const { id } of asked) {
    const own = waits[id];
    if (own === undefined) continue;
    if (!own.more && !own.circular && own.leaves.every(({ verdict }) => verdict === 'none')) lost++;
    for (const leaf of own.leaves) {
      const known = leaves.get(leaf.key);
      if (known === undefined) leaves.set(leaf.key, { leaf, count: 1 });
      else {
        known.leaf = mergeLeaves(known.leaf, leaf);
        known.count++;
      }
    }
  }
  return {
    functions: functions.length,
    matching: asked.length,
    hidden: functions.filter(({ id }) => hidden[id] === true).length,
    chains: tops.length + closed.length,
    cycles: cycles.length,
    lost,
    leaves: [...leaves.values()].toSorted((a, b) => b.count - a.count),
  };
}
