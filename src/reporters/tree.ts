// The await tree: below each task what it waits for, above it who awaits it. Equal branches are one with a count, and a
// circle is cut where it closes.
import type { ParkedEntry, PartEntry, Report, ResourceEntry, TaskEntry, WaitEntry } from '../report/format.ts';
import { withoutIds } from './request-paths.ts';
import {
  callPhrase,
  cancelPhrase,
  duration,
  holderPhrases,
  jointPhrase,
  parkedWait,
  place,
  progressPhrases,
  requestPhrase,
  takerText,
  taskName,
  taskTitle,
  waitPhrase,
} from './wording.ts';

/** A node: its lines, each a list of phrases that may be broken between, and its branches. */
export interface Node {
  readonly lines: readonly (readonly string[])[];
  readonly branches: readonly Node[];
  /** How many equal nodes it stands for. */
  readonly times: number;
  /** The task above it created it, and nobody is known to await it: a dotted edge. */
  readonly onlyCreated?: boolean;
}

/** What the tree is drawn from. */
interface Graph {
  readonly report: Report;
  readonly tasks: ReadonlyMap<number, TaskEntry>;
  readonly resources: ReadonlyMap<number, ResourceEntry>;
  /** Tasks of each group, by the id of the group. */
  readonly members: ReadonlyMap<number, readonly TaskEntry[]>;
  /** Tasks that nobody is known to await, by the id of the pending task which created them. */
  readonly unawaited: ReadonlyMap<number, readonly TaskEntry[]>;
  /** Number of the wait cycle that a task is in, from 1. */
  readonly cycleOf: ReadonlyMap<number, number>;
}

// A longer chain of tasks goes on as a tree of its own: the screen is not that wide.
const deepest = 16;

/**
 * The trees of a report: below a task are those that it awaits, and those that it created and nobody is known to await.
 * Roots are the rest; of a circle that nobody awaits, its oldest task.
 */
export function buildTree(report: Report): Node[] {
  const graph = graphOf(report);
  const below = new Set([
    ...report.tasks.flatMap((task) => childrenOf(task, graph).map(({ id }) => id)),
    ...[...graph.unawaited.values()].flatMap((tasks) => tasks.map(({ id }) => id)),
  ]);
  const shown = new Set<number>();
  const roots = report.tasks.filter(({ id }) => !below.has(id)).map((task) => taskNode(task, null, graph, shown));
  for (const task of report.tasks) if (!shown.has(task.id)) roots.push(taskNode(task, null, graph, shown));
  return mergeEqual(roots);
}

function graphOf(report: Report): Graph {
  const tasks = new Map(report.tasks.map((task) => [task.id, task]));
  const awaited = new Set(
    report.tasks.flatMap(({ waits }) => waits.map(({ on }) => (on?.type === 'task' ? on.id : null))),
  );
  const byCreator = Map.groupBy(
    report.tasks.filter(({ createdBy }) => createdBy !== null && tasks.has(createdBy.id)),
    ({ createdBy }) => createdBy?.id as number,
  );
  const isGroup = (id: number): boolean => tasks.get(id)?.kind === 'group';
  return {
    report,
    tasks,
    resources: new Map(report.resources.map((resource) => [resource.id, resource])),
    members: new Map([...byCreator].filter(([id]) => isGroup(id))),
    unawaited: new Map(
      [...byCreator]
        .filter(([id]) => !isGroup(id))
        .map(([id, created]) => [id, created.filter((task) => !awaited.has(task.id))]),
    ),
    cycleOf: new Map(report.cycles.flatMap(({ steps }, index) => steps.map(({ task }) => [task, index + 1] as const))),
  };
}

/** The tasks that a task awaits, and the tasks of a group. */
function childrenOf(task: TaskEntry, { tasks, members }: Graph): TaskEntry[] {
  const children = new Set(members.get(task.id));
  for (const { on } of task.waits) {
    const child = on?.type === 'task' ? tasks.get(on.id) : undefined;
    if (child !== undefined) children.add(child);
  }
  return [...children];
}

function taskNode(task: TaskEntry, parent: TaskEntry | null, graph: Graph, shown: Set<number>, depth = 0): Node {
  if (depth >= deepest) return { lines: [[taskTitle(task), 'shown below']], branches: [], times: 1 };
  const cycle = graph.cycleOf.get(task.id);
  if (shown.has(task.id)) {
    const where = cycle === undefined ? 'shown above' : `back in wait cycle ${cycle}`;
    return { lines: [[taskTitle(task), where]], branches: [], times: 1 };
  }
  shown.add(task.id);
  const { directory } = graph.report.process;
  const title = [taskTitle(task), ...(task.id === 0 ? [] : [duration(task.ageMs)])];
  const call = callPhrase(task);
  if (!task.started) title.push(call ?? 'not started');
  if (cycle !== undefined) title.push(`in wait cycle ${cycle}`);
  const cancel = cancelPhrase(task);
  if (cancel !== null) title.push(cancel);
  const answer = requestPhrase(task);
  if (answer !== null) title.push(answer);
  if (task.createdBy !== null && task.createdBy.id !== parent?.id) title.push(`created by ${taskName(task.createdBy)}`);
  if (task.createdAt !== null) title.push(`created at ${place(task.createdAt, directory)}`);
  const lines = [title];
  if (task.progress !== null) lines.push(progressPhrases(task.progress));
  const waits = task.waits.filter(
    ({ on, kind, part }) => kind !== 'delay' && part === undefined && (on?.type !== 'task' || !graph.tasks.has(on.id)),
  );
  const branches = [
    ...(call === null ? waits.map((wait) => waitNode(wait, task, graph)) : []),
    ...jointNodes(task, directory),
    ...(task.waits.length === 0 && task.parked !== null ? [parkedNode(task.parked, directory)] : []),
    ...childrenOf(task, graph).map((child) => taskNode(child, task, graph, shown, depth + 1)),
    ...(graph.unawaited.get(task.id) ?? []).map((child) =>
      Object.assign(taskNode(child, task, graph, shown, depth + 1), { onlyCreated: true }),
    ),
  ];
  return { lines, branches: mergeEqual(branches), times: 1 };
}

/** One node for each wait for several things at once; none where there was one, and that is drawn as a task. */
function jointNodes({ waits }: TaskEntry, directory: string): Node[] {
  const joints: { readonly part: PartEntry; readonly entries: WaitEntry[] }[] = [];
  for (const entry of waits) {
    const { part, at } = entry;
    if (part === undefined || (part.count === 1 && entry.on !== null)) continue;
    const last = joints.at(-1);
    // The members of a wait stand together, in the order of their indexes.
    const previous = last?.entries.at(-1);
    const isSame = previous?.part?.of === part.of && previous.part.index < part.index && previous.at === at;
    if (isSame && previous.forMs === entry.forMs) last?.entries.push(entry);
    else joints.push({ part, entries: [entry] });
  }
  return joints.map(({ part, entries }) => {
    const { forMs, at, leftMs } = entries[0] as WaitEntry;
    const line = [jointPhrase(entries, part), duration(forMs)];
    if (leftMs !== null) line.push(`${duration(leftMs)} left`);
    if (at !== null) line.push(`at ${place(at, directory)}`);
    return { lines: [line], branches: [], times: 1 };
  });
}

function parkedNode(parked: ParkedEntry, directory: string): Node {
  return { lines: [parkedWait(parked, directory)], branches: [], times: 1 };
}

function waitNode(wait: WaitEntry, task: TaskEntry, { report, resources }: Graph): Node {
  const { directory } = report.process;
  const title = [waitPhrase(wait, task.progress)];
  if (wait.on !== null) title.push(duration(wait.forMs));
  if (wait.at !== null) title.push(`at ${place(wait.at, directory)}`);
  const resource = wait.on?.type === 'resource' ? resources.get(wait.on.id) : undefined;
  if (resource === undefined) return { lines: [title], branches: [], times: 1 };
  const lines = [title, ...resource.holders.slice(0, 3).map((holder) => holderPhrases(holder, resource, directory))];
  if (resource.holders.length > 3) lines.push([`and by ${resource.holders.length - 3} more`]);
  if (wait.kind !== 'get' && resource.kind === 'queue' && resource.holders.length === 0)
    lines.push([takerText(resource)]);
  const ahead = wait.mode === 'read' ? resource.line?.[0] : undefined;
  if (ahead?.mode === 'write') lines.push([`behind ${taskName(ahead.task)}, which waits to write`]);
  return { lines, branches: [], times: 1 };
}

/** Makes one of the nodes that read the same but for ids and times. */
function mergeEqual(nodes: readonly Node[]): Node[] {
  const merged = new Map<string, Node>();
  for (const node of nodes) {
    const key = signature(node);
    const equal = merged.get(key);
    merged.set(
      key,
      equal === undefined
        ? node
        : { ...(key.includes('/…') ? joined(equal, node) : equal), times: equal.times + node.times },
    );
  }
  return [...merged.values()];
}

/** The first of two that read the same; without ids in paths if they are not the same. */
function joined(first: Node, second: Node): Node {
  if (paths(first) === paths(second)) return first;
  const lines = first.lines.map((line) => line.map(withoutIds));
  const branches = first.branches.map((branch, index) => joined(branch, second.branches[index] ?? branch));
  return { ...first, lines, branches };
}

function paths({ lines, branches }: Node): string {
  return [...lines.flat().map((phrase) => phrase.replaceAll(varying, '')), ...branches.map(paths)].join('\n');
}

const varying = /#\d+|\d+(\.\d+)? (ms|s|m|h|d)\b|~(?=\S+:\d+:\d+)/g;

function signature({ lines, branches, times, onlyCreated }: Node): string {
  const own = lines.map((line) => withoutIds(line.join('\u0001').replaceAll(varying, ''))).join('\u0002');
  return `${times}${onlyCreated === true ? 'created' : ''}\u0003${own}\u0003${branches.map(signature).join('\u0004')}`;
}
