// An await report as a graph of nodes that know what is below and above them: functions, what joins promises, and leaves.
// A promise is the node that settles it, and what only follows another promise is that promise.
import { summariseLeaf, type LeafSummary } from './await-detail.ts';
import type { AwaitReport, Combinator, CombinatorInput, Leaf, Source, SuspendedFunction } from './awaits.ts';
import type { SiteEntry } from './format.ts';

/** What a node is. */
export type Step =
  | { readonly type: 'function'; readonly function: SuspendedFunction }
  | { readonly type: 'leaf'; readonly leaf: LeafSummary }
  | {
      readonly type: 'combinator';
      readonly method: Combinator;
      readonly inputs: readonly CombinatorInput[];
      readonly total: number | null;
    }
  | { readonly type: 'then'; readonly method: 'then' | 'catch' | 'finally'; readonly callback: SiteEntry | null }
  | { readonly type: 'module' }
  /** The n-th request in the queue of the async generator below, from 2. */
  | { readonly type: 'request'; readonly position: number }
  /** Whatever of the nodes below comes first. */
  | { readonly type: 'either' };

export interface AwaitNode {
  /** Its index in the list of all nodes. */
  readonly id: number;
  readonly step: Step;
  /** What it awaits: in the order of the inputs for a combinator. */
  readonly below: readonly AwaitNode[];
  /** Who awaits it. */
  readonly above: readonly AwaitNode[];
  /** Functions of the program that are called when it settles, where nobody awaits it. */
  readonly callbacks: readonly SiteEntry[];
}

/** A node while the graph is built. */
interface Draft extends AwaitNode {
  readonly below: Draft[];
  readonly above: Draft[];
  readonly callbacks: SiteEntry[];
  /** What will be below: nodes, and ids of promises. */
  readonly targets: readonly (Draft | number)[];
}

const notRead: Leaf = { type: 'leaf', kind: 'unknown', detail: '', settledBy: [], verdict: 'unknown' };
const circle: Leaf = {
  type: 'leaf',
  kind: 'other',
  detail: 'a circle of promises that follow each other',
  settledBy: [],
  verdict: 'none',
};

/** The nodes of a report; those of its functions come first, in their order. */
export function buildAwaitGraph({ functions, promises }: AwaitReport): readonly AwaitNode[] {
  const nodes: Draft[] = [];
  const drafts = functions.map((each) => add({ type: 'function', function: each }, [each.awaits]));
  /** What settles each promise, or the id of the promise that it follows. */
  const settlers = promises.map(({ settledBy: [first, ...others] }) => {
    if (first === undefined) return add(leafStep(notRead));
    return others.length === 0 ? targetOf(first) : add({ type: 'either' }, [first, ...others].map(targetOf));
  });
  for (const node of nodes.slice()) for (const target of node.targets) link(node, resolve(target));
  for (const [id, { callbacks }] of promises.entries()) {
    if (callbacks.length === 0) continue;
    const node = resolve(id);
    if (node.above.length > 0) continue;
    for (const callback of callbacks) if (!callback.file.startsWith('node:')) node.callbacks.push(callback);
  }

  function add(step: Step, targets: readonly (Draft | number)[] = []): Draft {
    const node: Draft = { id: nodes.length, step, below: [], above: [], callbacks: [], targets };
    nodes.push(node);
    return node;
  }

  function targetOf(source: Source): Draft | number {
    switch (source.type) {
      case 'function':
        return drafts[source.function] ?? add(leafStep(notRead));
      case 'request': {
        const generator = drafts[source.function] ?? add(leafStep(notRead));
        return source.position === 1 ? generator : add({ type: 'request', position: source.position }, [generator]);
      }
      case 'combinator': {
        return add(
          source,
          source.inputs.map(({ promise }) => promise),
        );
      }
      case 'then':
        return add(source, [source.promise]);
      case 'module':
        return add({ type: 'module' }, source.promises);
      case 'follows':
        return source.promise;
      default:
        return add(leafStep(source));
    }
  }

  /** The node that settles a promise. It is looked for once, however many follow the promise. */
  function resolve(target: Draft | number): Draft {
    const followers: number[] = [];
    let settler = target;
    while (typeof settler === 'number') {
      followers.push(settler);
      settler = settlers[settler] ?? add(leafStep(notRead));
      if (followers.length > promises.length) settler = add(leafStep(circle));
    }
    for (const follower of followers) if (follower in settlers) settlers[follower] = settler;
    return settler;
  }
  return nodes;
}

function leafStep(leaf: Leaf): Step {
  return { type: 'leaf', leaf: summariseLeaf(leaf) };
}

function link(above: Draft, below: Draft): void {
  above.below.push(below);
  if (below.above.at(-1) !== above) below.above.push(above);
}
