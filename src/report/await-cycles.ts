// Functions that await each other in a circle, so that none of them can go on.
import type { AwaitNode } from './await-graph.ts';
import type { AwaitView } from './await-view.ts';
import type { SuspendedFunction } from './awaits.ts';

export interface AwaitCycle {
  /** How many circles look alike. */
  readonly count: number;
  /** Each awaits the next, and the last the first. */
  readonly functions: readonly SuspendedFunction[];
}

/** The circles with a function that is asked for, alike ones as one, the most frequent first. */
export function findAwaitCycles({ shapes, matching }: AwaitView): AwaitCycle[] {
  const cycles = new Map<number, { count: number; readonly functions: readonly SuspendedFunction[] }>();
  for (const part of shapes.parts) {
    const members = part.filter(({ step }) => step.type === 'function');
    const [first] = members.toSorted((a, b) => (shapes.labels[a.id] as number) - (shapes.labels[b.id] as number));
    if (first === undefined || shapes.circular[first.id] !== true) continue;
    if (!members.some(({ id }) => matching[id] === true)) continue;
    const { id } = shapes.below[first.id] ?? { id: -1 };
    const known = cycles.get(id);
    if (known === undefined) cycles.set(id, { count: 1, functions: circleFrom(first, part) });
    else known.count++;
  }
  return [...cycles.values()].toSorted((a, b) => b.count - a.count);
}

/** The shortest way from a function back to itself, which does not leave the part. */
function circleFrom(start: AwaitNode, part: readonly AwaitNode[]): SuspendedFunction[] {
  const inside = new Set(part);
  const cameFrom = new Map<AwaitNode, AwaitNode>();
  const reached = new Set([start]);
  for (const node of reached) {
    for (const next of node.below) {
      if (next === start) return pathTo(node, start, cameFrom);
      if (!inside.has(next) || reached.has(next)) continue;
      reached.add(next);
      cameFrom.set(next, node);
    }
  }
  return [];
}

function pathTo(last: AwaitNode, start: AwaitNode, cameFrom: ReadonlyMap<AwaitNode, AwaitNode>): SuspendedFunction[] {
  const path = [last];
  for (let node = last; node !== start;) {
    node = cameFrom.get(node) ?? start;
    path.push(node);
  }
  return path.toReversed().flatMap(({ step }) => (step.type === 'function' ? [step.function] : []));
}
