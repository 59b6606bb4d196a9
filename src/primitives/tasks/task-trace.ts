// Debug mode: tasks that nobody awaited, and errors that nobody retrieved, are said in one line each, with where the task
// was made: when it is collected as garbage, or when the process ends.
import type { Origin, Settlement, TaskRecord } from '../../channels/task.ts';
import { complain } from '../../runtime/complain.ts';
import { SiteMapper } from '../../runtime/source-map.ts';

// Of lines, and of tasks that are kept for the end of the process; what is collected is told of all the same.
const mostLines = 100;
const mostKept = 10_000;

/** What became of a task, kept apart from it: it lives on when the task is collected. */
export interface Trace {
  readonly id: number;
  readonly origin: Origin;
  /** Somebody waited for its end, or was told of it. */
  isAwaited: boolean;
  /** Somebody was handed its error. */
  isRetrieved: boolean;
  settlement: Settlement | null;
}

const kept = new Set<Trace>();
const collected = new FinalizationRegistry<Trace>(tell);
const said = new Set<string>();
let lines = 0;

/** Follows a task from now on. */
export function trace(task: TaskRecord): Trace {
  const { id, origin } = task;
  const traced: Trace = { id, origin, isAwaited: false, isRetrieved: false, settlement: null };
  if (kept.size < mostKept) kept.add(traced);
  collected.register(task, traced);
  return traced;
}

/** Somebody waits for the end of a task that may be traced, and is handed its error. */
export function noteAwaited(traced: Trace | null | undefined, isRetrieved: boolean): void {
  if (traced == null) return;
  traced.isAwaited = true;
  traced.isRetrieved ||= isRetrieved;
}

/** Says what is to be said of all that were not collected. For the end of the process. */
export function tellTraces(): void {
  for (const traced of kept) tell(traced);
}

function tell(traced: Trace): void {
  kept.delete(traced);
  const { id, origin, isAwaited, isRetrieved, settlement } = traced;
  if (settlement === null || settlement.outcome === 'cancelled') return;
  const failed = settlement.outcome !== 'fulfilled';
  if (failed ? isRetrieved : isAwaited) return;
  const what = failed ? 'failed, and nobody retrieved its error' : 'was never awaited';
  const site = origin.site === null ? null : new SiteMapper().map(origin.site);
  const place = site === null ? '' : `, created at ${site.file}:${site.line}:${site.column},`;
  // Once for all that was made at the same place.
  const key = `${origin.kind} ${origin.name}${place} ${what}`;
  if (said.has(key) || lines > mostLines) return;
  said.add(key);
  if (lines++ < mostLines) {
    complain(`${origin.kind} ${origin.name} #${id}${place} ${what}`, failed ? settlement.error : undefined);
  } else complain(`${mostLines} tasks were never awaited, or failed unseen: further ones are not told`);
}
