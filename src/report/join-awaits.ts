// Joins what the registry knows, names, ages and holders, with what was read from memory: where each function is parked.
import type { AwaitReport, Leaf, SuspendedFunction } from './awaits.ts';
import type { ParkedEntry, Report, TaskEntry, WaitEntry } from './format.ts';
import { promisesOf } from './promises-of.ts';

const mostPromises = 10_000;

/**
 * The report with the awaits in it, and each task with the await at which it is parked.
 * @param isProgram whether a file is the program's own: the place to show is there, not in a library that it calls
 */
export function joinAwaits(report: Report, awaits: AwaitReport, isProgram: (file: string) => boolean): Report {
  const byTask = Map.groupBy(
    awaits.functions.filter(({ task }) => task !== null),
    ({ task }) => task?.id as number,
  );
  const tasks = report.tasks.map((task) => {
    const functions = byTask.get(task.id);
    return functions === undefined ? task : joinTask(task, parkedAt(functions, awaits, isProgram));
  });
  return { ...report, tasks, awaits };
}

/** A wait without a place is one whose site was not captured: the task is parked at its await. */
function joinTask(task: TaskEntry, parked: ParkedEntry | null): TaskEntry {
  const [only] = task.waits;
  const isUnplaced = only !== undefined && task.waits.length === 1 && only.at === null && parked !== null;
  const waits: readonly WaitEntry[] = isUnplaced ? [{ ...only, at: parked.at }] : task.waits;
  return { ...task, waits, parked };
}

/** The innermost function of the program's own among those of a task, and what the innermost of all waits for. */
function parkedAt(
  functions: readonly SuspendedFunction[],
  awaits: AwaitReport,
  isProgram: (file: string) => boolean,
): ParkedEntry | null {
  const own = new Set(functions.map(({ id }) => id));
  const below = new Map(functions.map(({ id, awaits: promise }) => [id, follow(promise, awaits)]));
  const called = new Set([...below.values()].flatMap(({ functions: ids }) => ids));
  let current = functions.find(({ id }) => !called.has(id)) ?? functions[0];
  let place: SuspendedFunction | null = null;
  let leaf: Leaf | null = null;
  const seen = new Set<number>();
  while (current !== undefined && !seen.has(current.id)) {
    seen.add(current.id);
    if (current.at !== null && isProgram(current.at.file)) place = current;
    const next = below.get(current.id);
    leaf = next?.leaf ?? null;
    const id = next?.functions.find((each) => own.has(each));
    current = id === undefined ? undefined : awaits.functions[id];
  }
  return place === null || place.at === null ? null : { at: place.at, function: place.name, leaf };
}

/** The functions that a promise waits for next, and the first leaf that it meets before any. */
function follow(promise: number, { promises }: AwaitReport): { functions: number[]; leaf: Leaf | null } {
  const functions: number[] = [];
  let leaf: Leaf | null = null;
  const reached = new Set([promise]);
  for (const id of reached) {
    if (reached.size > mostPromises) break;
    for (const source of promises[id]?.settledBy ?? []) {
      if (source.type === 'leaf') leaf ??= source;
      else if (source.type === 'function' || source.type === 'request') functions.push(source.function);
      else for (const input of promisesOf(source)) reached.add(input);
    }
  }
  return { functions, leaf };
}
