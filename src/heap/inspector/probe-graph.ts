// Makes a graph of stacks that share their ends: pure.
import type {
  AwaitReport,
  Combinator,
  CombinatorInput,
  PendingPromise,
  Source,
  SuspendedFunction,
} from '../../report/awaits.ts';
import { isArrowAt, isGeneratorAt } from './function-kind.ts';
import type { MakeSite } from './site.ts';
import type { CombinatorFrame, Frame, FunctionFrame, WalkedPromises } from './walk-promises.ts';

type Graph = Pick<AwaitReport, 'functions' | 'promises'>;

interface TreeNode {
  readonly frame: Frame | null;
  /** How many promises have exactly this stack. */
  readonly promises: number;
  readonly children: TreeNode[];
}

/** What stands for children of one node which are one thing: a function, or the inputs of one combinator. */
interface Branch {
  readonly nodes: readonly TreeNode[];
  /** As many as there may be at most. */
  readonly wanted: number;
}

/**
 * Stacks say which functions wait, and not which objects. Every promise with a function on top of its stack is awaited by
 * one such function, or by another promise on the way to it. So there are at most as many functions as promises with
 * their stack; and at most as many as promises with the rest of it, because each function has a promise of its own.
 */
export function buildProbeGraph({ frames, nodes }: WalkedPromises, makeSite: MakeSite): Graph {
  const graph = new GraphBuilder(makeSite);
  const tree: TreeNode[] = [];
  for (const [parent, frame, promises] of nodes) {
    const node: TreeNode = { frame: frames[frame] ?? null, promises, children: [] };
    tree[parent]?.children.push(node);
    tree.push(node);
  }
  const pending: { node: TreeNode; awaited: number[] }[] = [{ node: tree[0] as TreeNode, awaited: [] }];
  for (let work = pending.pop(); work !== undefined; work = pending.pop()) {
    const { node, awaited } = work;
    const branches = branchesOf(node);
    const counts = share(branches, node.promises);
    let next = 0;
    for (const [index, { nodes: members }] of branches.entries()) {
      const settled: number[] = [];
      for (let count = counts[index] as number; count > 0; count--) {
        // What nobody awaits has its own promise; what somebody awaits takes turns.
        settled.push(node.frame === null ? graph.addPromise() : (awaited[next++ % awaited.length] as number));
      }
      for (const [member, promises] of graph.addBranch(members, settled))
        pending.push({ node: member, awaited: promises });
    }
  }
  return graph.finish();
}

function branchesOf({ children }: TreeNode): Branch[] {
  const branches: Branch[] = [];
  const combinators = new Map<string, TreeNode[]>();
  for (const child of children) {
    if (isFunction(child.frame)) branches.push({ nodes: [child], wanted: child.promises });
    else if (child.frame !== null) combinators.set(child.frame[0], [...(combinators.get(child.frame[0]) ?? []), child]);
  }
  for (const nodes of combinators.values()) {
    branches.push({ nodes, wanted: Math.max(...nodes.map(({ promises }) => promises)) });
  }
  return branches;
}

/** Everybody gets what he wants if there is enough, else his share, and one at least. */
function share(branches: readonly Branch[], available: number): number[] {
  const wanted = branches.reduce((sum, branch) => sum + branch.wanted, 0);
  const part = wanted <= available ? 1 : available / wanted;
  return branches.map((branch) => Math.max(1, Math.floor(branch.wanted * part)));
}

function isFunction(frame: Frame | null): frame is FunctionFrame {
  return frame !== null && frame.length > 2;
}

class GraphBuilder {
  readonly #makeSite: MakeSite;
  readonly #functions: SuspendedFunction[] = [];
  readonly #sources: Source[][] = [];

  constructor(makeSite: MakeSite) {
    this.#makeSite = makeSite;
  }

  addPromise(): number {
    return this.#sources.push([]) - 1;
  }

  /** Adds what settles these promises, and returns the promises that each node of it waits for. */
  addBranch(nodes: readonly TreeNode[], settled: readonly number[]): [TreeNode, number[]][] {
    const [first] = nodes;
    if (first !== undefined && isFunction(first.frame)) return [[first, this.#addFunctions(first.frame, settled)]];
    return this.#addCombinators(nodes, settled);
  }

  finish(): Graph {
    const promises = this.#sources.map((settledBy, id): PendingPromise => ({
      id,
      settledBy: settledBy.length > 0 ? settledBy : [unknownLeaf],
      callbacks: [],
    }));
    return { functions: this.#functions, promises };
  }

  #addFunctions(frame: FunctionFrame, settled: readonly number[]): number[] {
    const [label, file, line, column, startLine, startColumn] = frame;
    const isArrow = isArrowAt({ file, line: startLine, column: startColumn });
    const name = isArrow ? label.replace(/^[^.]*\./, '') : label; // it has the `this` of another function
    const at = this.#makeSite({ file, line, column, name, exact: true });
    const definedAt = this.#makeSite({ file, line: startLine, column: startColumn, name, exact: true });
    const kind = kindOf(frame);
    return settled.map((promise) => {
      const id = this.#functions.length;
      const awaits = this.addPromise();
      this.#functions.push({ id, name, kind, at, definedAt, thread: 0, awaits, settles: [promise], task: null });
      this.#sources[promise]?.push({ type: 'function', function: id });
      return awaits;
    });
  }

  #addCombinators(nodes: readonly TreeNode[], settled: readonly number[]): [TreeNode, number[]][] {
    const inputs: CombinatorInput[][] = settled.map(() => []);
    const awaited = nodes
      .toSorted((a, b) => (a.frame as CombinatorFrame)[1] - (b.frame as CombinatorFrame)[1])
      .map((node): [TreeNode, number[]] => {
        const index = (node.frame as CombinatorFrame)[1];
        const promises = Array.from({ length: Math.max(1, node.promises) }, () => this.addPromise());
        for (const [place, promise] of promises.entries()) inputs[place % settled.length]?.push({ promise, index });
        return [node, promises];
      });
    const method = (nodes[0] as TreeNode).frame?.[0] as Combinator;
    for (const [place, promise] of settled.entries()) {
      this.#sources[promise]?.push({ type: 'combinator', method, inputs: inputs[place] ?? [], total: null });
    }
    return awaited;
  }
}

function kindOf([name, file, , , startLine, startColumn]: FunctionFrame): SuspendedFunction['kind'] {
  if (name === '' && startLine === 1 && startColumn === 1) return 'module';
  return isGeneratorAt({ file, line: startLine, column: startColumn }) ? 'async generator' : 'async function';
}

const unknownLeaf: Source = { type: 'leaf', kind: 'unknown', detail: '', settledBy: [], verdict: 'unknown' };
