// The strongly connected parts of a graph: Tarjan, "Depth-First Search and Linear Graph Algorithms" (1972), with a stack
// of its own instead of recursion, because a chain of waits can be as long as there are tasks.

interface Visit<Node> {
  readonly node: Node;
  readonly index: number;
  readonly next: readonly Node[];
  /** How many of `next` have been looked at. */
  seen: number;
  /** The lowest index that is known to be reached from here. */
  low: number;
  open: boolean;
}

/** The parts of a graph within which every node reaches every other. A node on no circle is a part of its own. */
export function stronglyConnected<Node>(nodes: readonly Node[], nextOf: (node: Node) => readonly Node[]): Node[][] {
  const visits = new Map<Node, Visit<Node>>();
  const open: Visit<Node>[] = [];
  const parts: Node[][] = [];

  function enter(node: Node): Visit<Node> {
    const index = visits.size;
    const visit = { node, index, next: nextOf(node), seen: 0, low: index, open: true };
    visits.set(node, visit);
    open.push(visit);
    return visit;
  }

  function close(root: Visit<Node>): void {
    const part: Node[] = [];
    for (let visit = open.pop(); visit !== undefined; visit = open.pop()) {
      visit.open = false;
      part.push(visit.node);
      if (visit === root) break;
    }
    parts.push(part);
  }

  for (const start of nodes) {
    if (visits.has(start)) continue;
    const path = [enter(start)];
    for (let at = path.at(-1); at !== undefined; at = path.at(-1)) {
      const next = at.next[at.seen++];
      if (next === undefined) {
        path.pop();
        const before = path.at(-1);
        if (before !== undefined) before.low = Math.min(before.low, at.low);
        if (at.low === at.index) close(at);
        continue;
      }
      const visit = visits.get(next);
      if (visit === undefined) path.push(enter(next));
      else if (visit.open) at.low = Math.min(at.low, visit.index);
    }
  }
  return parts;
}
