// What of the graph is shown: without the functions of Node above those of the program, and only what a filter asks for,
// with everything that awaits it and everything that it awaits.
import type { AwaitFilter } from './await-filter.ts';
import { buildAwaitGraph, type AwaitNode } from './await-graph.ts';
import { findShapes, type AwaitShapes } from './await-shapes.ts';
import { findWaits, type Waits } from './await-waits.ts';
import type { AwaitReport, SuspendedFunction } from './awaits.ts';

export interface AwaitView {
  readonly nodes: readonly AwaitNode[];
  readonly shapes: AwaitShapes;
  /** What each node waits for in the end, by its id. */
  readonly waits: readonly Waits[];
  /** Whether the node is shown, by its id. */
  readonly shown: readonly boolean[];
  /** Whether it is one of those that the filter asks for, by its id. */
  readonly matching: readonly boolean[];
  /** Whether it is Node's own above what is the program's, and not shown for that, by its id. */
  readonly hidden: readonly boolean[];
}

export interface ViewOptions {
  readonly filter?: AwaitFilter | undefined;
  /** In the name of a function, as well as what the filter asks for. */
  readonly focus?: string | undefined;
}

/** Understands a report. Linear in its size. */
export function viewAwaits(report: AwaitReport, { filter = {}, focus = '' }: ViewOptions = {}): AwaitView {
  const nodes = buildAwaitGraph(report);
  const shapes = findShapes(nodes);
  const waits = findWaits(nodes, shapes);
  const hidden = filter.allFrames === true ? nodes.map(() => false) : hideInternal(nodes, shapes);
  const matching = nodes.map(({ id, step }) => hidden[id] !== true && matches(step, waits[id], filter, focus));
  const all = nodes.every(({ id, step }) => matching[id] === true || step.type !== 'function' || hidden[id] === true);
  const asked = all ? nodes.map(() => true) : around(nodes, matching);
  return {
    nodes,
    shapes,
    waits,
    matching,
    hidden,
    shown: asked.map((each, id) => each && hidden[id] !== true),
  };
}

/** Functions of Node, and what joins them, where nothing of the program is above and all that is below leads to it. */
function hideInternal(nodes: readonly AwaitNode[], { parts, circular }: AwaitShapes): boolean[] {
  const leads = new Array<boolean>(nodes.length).fill(false);
  const hidden = new Array<boolean>(nodes.length).fill(false);
  for (const [node] of parts) {
    if (node === undefined || circular[node.id] === true) continue;
    const below = node.below.length > 0 && node.below.every(({ id }) => leads[id]);
    leads[node.id] = below || (node.step.type === 'function' && !isInternal(node.step.function));
  }
  for (const [node] of parts.toReversed()) {
    if (node === undefined || circular[node.id] === true || leads[node.id] !== true) continue;
    const { step, above } = node;
    hidden[node.id] =
      step.type === 'function'
        ? isInternal(step.function) && above.every(({ id }) => hidden[id])
        : above.length > 0 && above.every(({ id }) => hidden[id]);
  }
  return hidden;
}

function isInternal({ at, definedAt }: SuspendedFunction): boolean {
  return (at ?? definedAt)?.file.startsWith('node:') === true;
}

function matches(step: AwaitNode['step'], waits: Waits | undefined, filter: AwaitFilter, focus: string): boolean {
  if (step.type !== 'function') return false;
  const { name, at, definedAt } = step.function;
  const file = (at ?? definedAt)?.file ?? '';
  if (!has(name, focus) || !has(name, filter.function) || !has(file, filter.file)) return false;
  return (
    filter.leaf === undefined ||
    waits?.leaves.some(({ kind, detail, settledBy }) => has([kind, detail, ...settledBy].join(' '), filter.leaf)) ===
      true
  );
}

function has(text: string, part = ''): boolean {
  return text.toLowerCase().includes(part.toLowerCase());
}

/** The nodes that match, all that they await in the end, and all that await them in the end. */
function around(nodes: readonly AwaitNode[], matching: readonly boolean[]): boolean[] {
  const start = nodes.filter(({ id }) => matching[id]);
  const found = new Array<boolean>(nodes.length).fill(false);
  for (const next of ['below', 'above'] as const) {
    const reached = new Set(start);
    for (const node of reached) for (const other of node[next]) reached.add(other);
    for (const { id } of reached) found[id] = true;
  }
  return found;
}
