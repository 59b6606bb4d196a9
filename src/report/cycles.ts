// Wait cycles: tasks which wait for each other. Three passes over the wait-for graph, each in linear time: take away what
// could still go on, again and again; split what is left into its strongly connected parts; draw one circle of each.
import { stronglyConnected } from './connected.ts';
import { turnsOf } from './line-order.ts';
import type { CycleStep, ResourceEntry, Target, TaskEntry, WaitCycle } from './format.ts';

/** A task, which needs all that it waits for; a resource, which needs any one of its holders; or a turn in line. */
interface Node {
  /** What a step that leads here waits for. */
  readonly target: Target;
  readonly next: Node[];
  readonly waiters: Node[];
  /** How many of `next` must go on before this one can; 0 when it can. */
  needs: number;
}

/**
 * Finds the wait cycles, one of each knot of tasks: the shortest through its oldest task. A lock is waited for as long as
 * its holder holds it, a semaphore until any of its holders releases, a lock for
 * reading and writing until all have released that are in the way, a task until it settles, a group until all of its
 * tasks have. A task with several waits is stuck when one of them is; a wait on anything else (a queue, a sleep) can
 * always end. What happens outside of all tasks (id 0) is many things at once and never in a cycle.
 */
export function findCycles(tasks: readonly TaskEntry[], resources: readonly ResourceEntry[]): WaitCycle[] {
  const nodes = drawGraph(tasks, resources);
  const stuck = takeAwayFree(nodes);
  const cycles: WaitCycle[] = [];
  for (const part of stronglyConnected(stuck, stuckNext)) {
    const steps = shortestCircle(part);
    if (steps.length > 0) cycles.push({ steps });
  }
  return cycles.toSorted((a, b) => firstTask(a) - firstTask(b));
}

function drawGraph(tasks: readonly TaskEntry[], resources: readonly ResourceEntry[]): Node[] {
  const taskNodes = new Map<number, Node>();
  for (const { id, kind, name } of tasks) {
    if (id !== 0) taskNodes.set(id, node({ type: 'task', id, kind, name }));
  }
  const resourceNodes = new Map<number, Node>();
  const turns: Node[] = [];
  for (const entry of resources) {
    const { id, kind, name, holders } = entry;
    if (kind === 'rwlock') {
      // Not everybody there waits for the same tasks, but each for all of those before it in line that it waits for.
      for (const { task, after } of turnsOf(entry)) {
        const turn = node({ type: 'resource', id, kind, name });
        for (const before of after) connect(turn, taskNodes.get(before));
        connect(taskNodes.get(task), turn);
        turns.push(turn);
      }
      continue;
    }
    const held = holders.map(({ task }) => taskNodes.get(task.id));
    // Released at any time by nobody we know, or by what runs outside of tasks: not in the way of anybody.
    if (held.length === 0 || held.includes(undefined)) continue;
    const resource = node({ type: 'resource', id, kind, name });
    for (const holder of held) connect(resource, holder);
    resource.needs = 1;
    resourceNodes.set(id, resource);
  }
  for (const { id, waits, createdBy } of tasks) {
    const task = taskNodes.get(id);
    if (task === undefined) continue;
    for (const { kind, on, part } of waits) {
      // Where any of several is enough, the others are not in the way.
      if (on === null || part?.any === true || !isBlocking(kind, on)) continue;
      const target = (on.type === 'task' ? taskNodes : resourceNodes).get(on.id);
      connect(task, target);
    }
    const group = createdBy === null ? undefined : taskNodes.get(createdBy.id);
    if (group?.target.kind === 'group') connect(group, task);
  }
  return [...taskNodes.values(), ...resourceNodes.values(), ...turns];
}

function node(target: Target): Node {
  return { target, next: [], waiters: [], needs: 0 };
}

/** Nothing where one of the two is no task that we know. */
function connect(from: Node | undefined, to: Node | undefined): void {
  if (from === undefined || to === undefined) return;
  from.next.push(to);
  from.needs++;
  to.waiters.push(from);
}

function isBlocking(kind: TaskEntry['waits'][number]['kind'], { type }: Target): boolean {
  return kind === 'acquire' || kind === 'await' || kind === 'start' || (kind === 'join' && type === 'task');
}

/** The nodes that can never go on. */
function takeAwayFree(nodes: readonly Node[]): Node[] {
  const free = nodes.filter(({ needs }) => needs === 0);
  for (let next = free.pop(); next !== undefined; next = free.pop()) {
    for (const waiter of next.waiters) if (waiter.needs > 0 && --waiter.needs === 0) free.push(waiter);
  }
  return nodes.filter(isStuck);
}

function isStuck({ needs }: Node): boolean {
  return needs > 0;
}

function stuckNext({ next }: Node): Node[] {
  return next.filter(isStuck);
}

/** The steps of the shortest way from the oldest task of a part back to itself; none if there is no way. */
function shortestCircle(part: readonly Node[]): CycleStep[] {
  const inside = new Set(part);
  const tasks = part.filter(isTask);
  if (tasks.length === 0) return []; // a resource alone
  const start = tasks.reduce((a, b) => (b.target.id < a.target.id ? b : a));
  const cameFrom = new Map<Node, Node>();
  const reached = [start];
  for (const at of reached) {
    for (const next of at.next) {
      if (!inside.has(next) || cameFrom.has(next)) continue;
      cameFrom.set(next, at);
      if (next === start) return stepsBack(start, cameFrom);
      reached.push(next);
    }
  }
  return [];
}

function stepsBack(start: Node, cameFrom: ReadonlyMap<Node, Node>): CycleStep[] {
  const steps: CycleStep[] = [];
  let to = start;
  do {
    const from = cameFrom.get(to) as Node;
    if (isTask(from)) steps.push({ task: from.target.id, waitsFor: to.target });
    to = from;
  } while (to !== start);
  return steps.toReversed();
}

function isTask({ target }: Node): boolean {
  return target.type === 'task';
}

function firstTask({ steps }: WaitCycle): number {
  return (steps[0] as CycleStep).task;
}
