// Wait cycles: tasks which wait for each other. Two passes over the wait-for graph: first take away, again and again,
// every task that could still go on; then walk what is left until a task comes up twice.
import type { CycleStep, ResourceEntry, Target, TaskEntry, WaitCycle } from './format.ts';

/** One wait, and the tasks of which any one may end it. */
interface Edge {
  readonly target: Target;
  readonly by: readonly number[];
}

/**
 * Finds the wait cycles. A lock is waited for as long as its holder holds it, a semaphore until any of its holders
 * releases, a task until it settles. A task with several waits is stuck when one of them is; a wait on anything else
 * (a queue, a sleep) can always end. What happens outside of all tasks (id 0) is many things at once and never in a cycle.
 */
export function findCycles(tasks: readonly TaskEntry[], resources: readonly ResourceEntry[]): WaitCycle[] {
  const stuck = stuckEdges(tasks, resources);
  const cycles: WaitCycle[] = [];
  const seen = new Set<number>();
  for (const start of stuck.keys()) {
    const path = new Map<number, CycleStep>();
    let task: number | undefined = start;
    while (task !== undefined && !seen.has(task)) {
      seen.add(task);
      const edge: Edge | undefined = stuck.get(task);
      const next: number | undefined = edge?.by.find((id) => path.has(id)) ?? edge?.by.find((id) => stuck.has(id));
      if (edge === undefined || next === undefined) break;
      path.set(task, { task, waitsFor: edge.target });
      if (path.has(next)) cycles.push({ steps: from(path, next) });
      task = next;
    }
  }
  return cycles;
}

/** For each task that cannot go on: the wait that keeps it. */
function stuckEdges(tasks: readonly TaskEntry[], resources: readonly ResourceEntry[]): Map<number, Edge> {
  const holders = new Map(resources.map(({ id, holders: held }) => [id, held.map((hold) => hold.task.id)]));
  const edges = new Map<number, readonly Edge[]>();
  const waiters = new Map<number, number[]>();
  for (const { id, waits } of tasks) {
    if (id === 0) continue;
    const own: Edge[] = [];
    for (const { kind, on } of waits) {
      if (on === null || (kind !== 'acquire' && kind !== 'await' && kind !== 'start')) continue;
      const by = on.type === 'task' ? [on.id] : (holders.get(on.id) ?? []);
      if (by.length === 0) continue;
      own.push({ target: on, by });
      for (const other of by) {
        const list = waiters.get(other);
        if (list === undefined) waiters.set(other, [id]);
        else list.push(id);
      }
    }
    if (own.length > 0) edges.set(id, own);
  }
  const blocked = (edge: Edge): boolean => edge.by.every((id) => edges.has(id));
  const toCheck = [...edges.keys()];
  for (let id = toCheck.pop(); id !== undefined; id = toCheck.pop()) {
    const own = edges.get(id);
    if (own === undefined || own.some(blocked)) continue;
    edges.delete(id);
    toCheck.push(...(waiters.get(id) ?? []));
  }
  return new Map([...edges].map(([id, own]) => [id, own.find(blocked) as Edge]));
}

/** The part of a path from a task on. */
function from(path: Map<number, CycleStep>, task: number): CycleStep[] {
  const steps = [...path.values()];
  return steps.slice(steps.findIndex((step) => step.task === task));
}
