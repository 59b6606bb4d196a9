// The rows of a table of what a process awaits: one for all functions that are the same, wait at the same place and have
// the same chain below and above them.
import type { AwaitNode } from './await-graph.ts';
import type { AwaitView } from './await-view.ts';
import { mergeWaits, type CombinatorSummary, type Waits } from './await-waits.ts';
import type { AwaitReport, Leaf, SuspendedFunction, TaskReference } from './awaits.ts';
import type { SiteEntry } from './format.ts';

export interface AwaitRow {
  readonly count: number;
  readonly name: string;
  readonly kind: SuspendedFunction['kind'];
  /** The await. */
  readonly at: SiteEntry | null;
  readonly definedAt: SiteEntry | null;
  readonly waitsFor: RowWaits;
  /** The functions at the top of the chains; none where these functions are at the top themselves. */
  readonly roots: readonly RowRoot[];
  /** There are more of them. */
  readonly moreRoots: boolean;
  /** Names of their threads. */
  readonly threads: readonly string[];
  /** The tasks of loopscope that they run in, the oldest first, `mostTasks` at most. */
  readonly tasks: readonly TaskReference[];
  /** How many of the functions run in a task of loopscope. */
  readonly inTasks: number;
  /** Ids of the functions. */
  readonly functions: readonly number[];
  /** What they are and what is below them: the same in another look at the process. */
  readonly key: string;
}

export interface RowWaits {
  readonly combinator: CombinatorSummary | null;
  readonly leaves: readonly RowLeaf[];
  /** There are more leaves. */
  readonly more: boolean;
  /** They await each other in the end, `itself`, or what does so is `below`; null where there is no await cycle. */
  readonly cycle: 'itself' | 'below' | null;
}

/** Leaves that differ by numbers only. */
export type RowLeaf = Pick<Leaf, 'kind' | 'detail' | 'settledBy' | 'verdict'>;

export interface RowRoot {
  readonly name: string;
  /** Null where it is no function but what joins promises. */
  readonly kind: SuspendedFunction['kind'] | null;
  readonly at: SiteEntry | null;
}

const mostTasks = 5;
const mostRoots = 4;

/**
 * Which functions are in one row, if they are the same function at the same await: `chain` with the same chain above and
 * below, `below` with the same chain below, `look` with the same leaves and roots, whatever is between.
 */
export type RowsBy = 'chain' | 'below' | 'look';

/** The rows: the largest first, and those of one chain from its top to its leaf. */
export function awaitRows({ threads }: AwaitReport, view: AwaitView, by: RowsBy = 'chain'): AwaitRow[] {
  const { nodes, shapes, matching } = view;
  const roots = findRoots(view);
  const order = orderOf(view);
  const keys: Readonly<Record<RowsBy, (id: number) => string>> = {
    chain: (id) => `${shapes.below[id]?.id} ${shapes.above[id]?.id}`,
    below: (id) => `${shapes.below[id]?.id}`,
    look: (id) =>
      `${shapes.labels[id]} ${waitsKey(view.waits[id])} ${roots[id]?.labels.toSorted((a, b) => a - b).join(',')}`,
  };
  const groups = Map.groupBy(
    nodes.filter(({ id, step }) => step.type === 'function' && matching[id] === true),
    ({ id }) => keys[by](id),
  );
  const sorted = [...groups.values()]
    .map((group) => ({ group, place: Math.min(...group.slice(0, 1000).map(({ id }) => order[id] as number)) }))
    .toSorted((a, b) => b.group.length - a.group.length || a.place - b.place);
  return sorted.flatMap(({ group }) => {
    const functions = group.flatMap(({ step }) => (step.type === 'function' ? [step.function] : []));
    const [first] = functions;
    if (first === undefined) return [];
    const { name, kind, at, definedAt } = first;
    const top = mergeRoots(group.map(({ id }) => roots[id] ?? noRoots));
    const tasks = tasksOf(functions);
    return {
      count: group.length,
      name,
      kind,
      at,
      definedAt,
      waitsFor: rowWaits(
        mergeWaits(group.map(({ id }) => view.waits[id] as Waits)),
        group.some(({ id }) => shapes.circular[id] === true),
      ),
      roots: top.nodes.map(rootOf),
      moreRoots: top.more,
      threads: [...new Set(functions.map(({ thread }) => threads[thread]?.name ?? `thread ${thread}`))],
      tasks: tasks.slice(0, mostTasks),
      inTasks: functions.filter(({ task }) => task !== null).length,
      functions: functions.map(({ id }) => id),
      key: keyOf(view, group[0] as AwaitNode),
    };
  });
}

/** What a node is and what is below it: the same in another look at the process. */
export function keyOf({ shapes }: AwaitView, { id }: AwaitNode): string {
  return (shapes.below[id]?.key ?? 0).toString(36);
}

function waitsKey(waits: Waits | undefined): string {
  const leaves = waits?.leaves.map(({ key }) => key).toSorted() ?? [];
  return [waits?.combinator?.method, waits?.circular, ...leaves].join('\u0001');
}

/** What is known of leaves, without how it was put together. */
function rowWaits({ combinator, leaves, more, circular }: Waits, inCycle: boolean): RowWaits {
  return {
    combinator,
    leaves: leaves.map(({ kind, detail, settledBy, verdict }) => ({ kind, detail, settledBy, verdict })),
    more,
    cycle: inCycle ? 'itself' : circular ? 'below' : null,
  };
}

/** The tasks that functions run in, each once, the oldest first. */
export function tasksOf(functions: readonly SuspendedFunction[]): TaskReference[] {
  const tasks = new Map(functions.flatMap(({ task }) => (task === null ? [] : [[task.id, task] as const])));
  return [...tasks.values()].toSorted((a, b) => b.ageMs - a.ageMs || a.id - b.id);
}

interface Roots {
  /** Of different functions, `mostRoots` at most. */
  readonly nodes: readonly AwaitNode[];
  readonly labels: readonly number[];
  readonly more: boolean;
}

const noRoots: Roots = { nodes: [], labels: [], more: false };

/** What is at the top of the chains above each node, by the id of the node; nothing for what is at the top itself. */
function findRoots({ nodes, shapes, shown }: AwaitView): Roots[] {
  const roots = nodes.map(() => noRoots);
  for (const part of shapes.parts.toReversed()) {
    const inside = new Set(part);
    const above = part.flatMap((node) => node.above.filter((each) => shown[each.id] === true && !inside.has(each)));
    const all = above.map((node) => {
      const own = roots[node.id] as Roots;
      return own.nodes.length > 0 ? own : { nodes: [node], labels: [shapes.labels[node.id] as number], more: false };
    });
    const merged = mergeRoots(all);
    for (const { id } of part) roots[id] = merged;
  }
  return roots;
}

function mergeRoots(all: readonly Roots[]): Roots {
  const [first = noRoots, ...others] = new Set(all);
  if (others.length === 0) return first;
  const found = new Map(first.nodes.map((node, index) => [first.labels[index] as number, node]));
  let { more } = first;
  for (const other of others) {
    more ||= other.more;
    for (const [index, node] of other.nodes.entries()) {
      const label = other.labels[index] as number;
      if (found.has(label)) continue;
      if (found.size < mostRoots) found.set(label, node);
      else more = true;
    }
  }
  return { nodes: [...found.values()], labels: [...found.keys()], more };
}

function rootOf({ step }: AwaitNode): RowRoot {
  switch (step.type) {
    case 'function':
      return { name: step.function.name, kind: step.function.kind, at: step.function.at };
    case 'combinator':
      return { name: `Promise.${step.method}`, kind: null, at: null };
    case 'then':
      return { name: `.${step.method}()`, kind: null, at: step.callback };
    case 'module':
      return { name: 'module evaluation', kind: null, at: null };
    default:
      return { name: 'several promises', kind: null, at: null };
  }
}

/** The place of each node, by its id, when all trees are walked from the top, each node once. */
function orderOf({ nodes, shown }: AwaitView): number[] {
  const order = new Array<number>(nodes.length).fill(-1);
  let place = 0;
  const tops = nodes.filter(({ id, above }) => shown[id] === true && !above.some((each) => shown[each.id] === true));
  for (const start of [...tops, ...nodes]) {
    const path = [start];
    for (let node = path.pop(); node !== undefined; node = path.pop()) {
      if (order[node.id] !== -1) continue;
      order[node.id] = place++;
      for (const below of node.below.toReversed()) if (order[below.id] === -1) path.push(below);
    }
  }
  return order;
}
