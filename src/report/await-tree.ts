// The trees of what a process awaits, in both directions. Alike branches are one with a count. What is reached on several
// ways is drawn in full once; a circle is cut where it closes. No recursion: a chain can be as long as there are functions.
import { mergeLeaves, type LeafSummary } from './await-detail.ts';
import type { AwaitNode, Step } from './await-graph.ts';
import type { AwaitView } from './await-view.ts';
import { mergeCombinators, summariseCombinator, type CombinatorSummary } from './await-waits.ts';
import type { SuspendedFunction } from './awaits.ts';
import type { SiteEntry } from './format.ts';

/** `down`: below each function what it awaits. `up`: below what is waited for, who awaits it. */
export type Direction = 'down' | 'up';

/** Nodes that look alike, at one place in a tree. */
export interface AwaitBranch {
  /** What they are; that of the first where they differ by numbers. */
  readonly step: Step;
  readonly count: number;
  /** How many of them were counted at an earlier place, too. */
  readonly again: number;
  readonly ending: Ending | null;
  /** What they are, if they are functions. */
  readonly functions: readonly SuspendedFunction[];
  readonly callbacks: readonly SiteEntry[];
  /** Over all of them, if they are leaves, or combinators. */
  readonly leaf: LeafSummary | null;
  readonly combinator: CombinatorSummary | null;
  /** Where they are among the inputs of the combinator above. */
  readonly places: readonly number[];
  readonly branches: readonly AwaitBranch[];
}

/** Why nothing is drawn below: it is above already, or it is awaited by itself. */
export type Ending = 'shown above' | 'await cycle';

// What is drawn again where it is reached again.
const fewLines = 3;
const fewNodes = 100;

/** A branch while the tree is built. */
interface Draft extends AwaitBranch {
  readonly branches: Draft[];
}

interface Group {
  readonly nodes: AwaitNode[];
  readonly places: Set<number>;
}

type Work =
  | { readonly type: 'draw'; readonly group: Group; readonly into: Draft[] }
  | { readonly type: 'leave'; readonly nodes: readonly AwaitNode[] };

/** The trees of what is shown, the largest first. Every function is in at least one. Linear in the size of the graph. */
export function buildAwaitTrees(view: AwaitView, direction: Direction): AwaitBranch[] {
  const { nodes, shapes, shown } = view;
  const [next, back] = direction === 'down' ? (['below', 'above'] as const) : (['above', 'below'] as const);
  const drawn = new Set<AwaitNode>();
  const open = new Set<AwaitNode>();
  const isShown = ({ id }: AwaitNode): boolean => shown[id] === true;
  // Downwards only chains that are the same to their end are one; upwards they part where they differ.
  const keyOf = ({ id }: AwaitNode): number =>
    (direction === 'down' ? shapes.below[id]?.id : shapes.labels[id]) as number;

  function draw(tops: readonly AwaitNode[]): Draft[] {
    const trees: Draft[] = [];
    const groups = groupNodes(tops.map((node) => [node, null] as const));
    const work: Work[] = groups.toReversed().map((group) => ({ type: 'draw', group, into: trees }));
    for (let each = work.pop(); each !== undefined; each = work.pop()) {
      if (each.type === 'leave') for (const node of each.nodes) open.delete(node);
      else for (const more of drawGroup(each.group, each.into)) work.push(more);
    }
    return trees;
  }

  function drawGroup(group: Group, into: Draft[]): Work[] {
    const fresh = group.nodes.filter((node) => !drawn.has(node));
    const closes = group.nodes.some((node) => open.has(node));
    const goesOn = closes ? [] : fresh.length > 0 ? fresh : small(group.nodes) ? group.nodes : [];
    const below = childrenOf(goesOn);
    const hasMore = goesOn.length === 0 && group.nodes.some((node) => node[next].some(isShown));
    const branch = branchOf(group, fresh.length, closes ? 'await cycle' : hasMore ? 'shown above' : null);
    into.push(branch);
    for (const node of group.nodes) drawn.add(node);
    if (below.length === 0) return [];
    for (const node of goesOn) open.add(node);
    const work = below.toReversed().map((child) => ({ type: 'draw', group: child, into: branch.branches }) as const);
    return [{ type: 'leave', nodes: goesOn }, ...work];
  }

  function small(group: readonly AwaitNode[]): boolean {
    const [first] = group;
    const lines = first === undefined ? undefined : shapes[next][first.id]?.lines;
    return group.length <= fewNodes && lines !== undefined && lines <= fewLines;
  }

  function childrenOf(group: readonly AwaitNode[]): Group[] {
    return groupNodes(
      group.flatMap(({ step, [next]: others }) =>
        others.flatMap((other, index) => {
          if (!isShown(other)) return [];
          const place = direction === 'down' && step.type === 'combinator' ? step.inputs[index]?.index : null;
          return [[other, place ?? null] as const];
        }),
      ),
    );
  }

  function groupNodes(found: readonly (readonly [AwaitNode, number | null])[]): Group[] {
    const groups = new Map<number, { readonly nodes: Set<AwaitNode>; readonly places: Set<number> }>();
    for (const [node, place] of found) {
      const key = keyOf(node);
      const group = groups.get(key) ?? { nodes: new Set(), places: new Set() };
      groups.set(key, group);
      group.nodes.add(node);
      if (place !== null) group.places.add(place);
    }
    return [...groups.values()]
      .map((group) => ({ nodes: [...group.nodes], places: group.places }))
      .toSorted((a, b) => b.nodes.length - a.nodes.length);
  }

  const trees = draw(nodes.filter((node) => isShown(node) && !node[back].some(isShown)));
  // What is left is in circles, or hangs on them.
  const rest = (): AwaitNode[] => nodes.filter((node) => isShown(node) && !drawn.has(node));
  for (const tree of draw(entrances(rest(), view, back))) trees.push(tree);
  for (const node of rest()) if (!drawn.has(node)) for (const tree of draw([node])) trees.push(tree);
  return trees.toSorted((a, b) => b.count - a.count);
}

/** One function of every circle which hangs on nothing else: the same one of circles that look alike. */
function entrances(nodes: readonly AwaitNode[], { shapes, shown }: AwaitView, back: 'above' | 'below'): AwaitNode[] {
  if (nodes.length === 0) return [];
  const left = new Set(nodes);
  return shapes.parts.flatMap((part) => {
    const inside = new Set(part);
    if (part.some((node) => node[back].some((each) => shown[each.id] === true && !inside.has(each)))) return [];
    const functions = part.filter((node) => left.has(node) && node.step.type === 'function');
    return functions.toSorted((a, b) => (shapes.labels[a.id] as number) - (shapes.labels[b.id] as number)).slice(0, 1);
  });
}

function branchOf({ nodes, places }: Group, fresh: number, ending: Ending | null): Draft {
  const { step, callbacks } = nodes[0] as AwaitNode;
  let leaf: LeafSummary | null = null;
  let combinator: CombinatorSummary | null = null;
  for (const { step: each } of nodes) {
    if (each.type === 'leaf') leaf = leaf === null ? each.leaf : mergeLeaves(leaf, each.leaf);
    if (each.type !== 'combinator') continue;
    const own = summariseCombinator(each);
    combinator = combinator === null ? own : mergeCombinators(combinator, own);
  }
  return {
    step,
    count: nodes.length,
    again: nodes.length - fresh,
    ending,
    functions: nodes.flatMap(({ step: each }) => (each.type === 'function' ? [each.function] : [])),
    callbacks,
    leaf,
    combinator,
    places: [...places].toSorted((a, b) => a - b),
    branches: [],
  };
}
