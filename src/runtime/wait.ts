// Parking and unparking: the list of what a task waits for is kept here, in place, whether or not anybody listens.
import type { ResourceRecord } from '../channels/resource.ts';
import type { Site } from '../channels/site.ts';
import type { Outcome, TaskRecord } from '../channels/task.ts';
import { waitEnded, waitStarted, type WaitKind, type WaitRecord } from '../channels/wait.ts';
import { CallSites } from './call-site.ts';
import { now } from './clock.ts';
import { currentOrRoot, rootTask } from './context.ts';
import { turnTime } from './turn-clock.ts';

const sites = new CallSites();

/**
 * Notes that a task waits from now on.
 * @param milliseconds when the wait ends by itself, if it does
 * @param task who waits, the current task unless told otherwise: a job that is queued waits before it has a context
 * @param site where, if that is known already
 */
export function park(
  kind: WaitKind,
  on: ResourceRecord | TaskRecord | null,
  cancel: ((reason: unknown) => void) | null = null,
  milliseconds: number | null = null,
  task: TaskRecord = pendingOrRoot(currentOrRoot()),
  site?: Site | null,
): WaitRecord {
  const since = beginningOf(milliseconds);
  const wait: WaitRecord = {
    kind,
    task,
    on,
    since,
    until: milliseconds === null ? null : since + milliseconds,
    site: site === undefined ? siteOf(kind, task, since) : site,
    outcome: null,
    cancel,
    newer: null,
    older: null,
  };
  begin(wait);
  return wait;
}

/** Who waits if this task is the current one: in the context of a task that has settled nobody would see it. */
export function pendingOrRoot(task: TaskRecord): TaskRecord {
  return task.settlement === null ? task : rootTask;
}

/** The time of a wait that begins now: exact if it has an end, or if somebody measures waits. */
export function beginningOf(milliseconds: number | null): number {
  return milliseconds !== null || waitStarted.hasSubscribers || waitEnded.hasSubscribers ? now() : turnTime();
}

/** The place of a wait that begins now. */
export function siteOf(kind: WaitKind, task: TaskRecord, since: number): Site | null {
  return sites.capture(task === rootTask ? kind : task.origin.name, since);
}

/** Puts a new wait into the list of its task. */
export function begin(wait: WaitRecord): void {
  const { task } = wait;
  const { waits } = task;
  wait.older = waits;
  if (waits !== null) waits.newer = wait;
  task.waits = wait;
  if (waitStarted.hasSubscribers) waitStarted.publish(wait);
}

/** Notes that the wait is over, and how it ended. A second call does nothing. */
export function unpark(wait: WaitRecord, outcome: Outcome = 'fulfilled'): void {
  const { task, newer, older } = wait;
  if (newer === null) {
    if (task.waits !== wait) return;
    task.waits = older;
  } else newer.older = older;
  if (older !== null) older.newer = newer;
  wait.newer = null;
  wait.older = null;
  wait.outcome = outcome;
  if (waitEnded.hasSubscribers) waitEnded.publish(wait);
}

/** Where a task is parked, newest first, and where it was created, as far as that is known. */
export function stackOf(task: TaskRecord): Site[] {
  const stack: Site[] = [];
  for (let { waits: wait } = task; wait !== null; wait = wait.older) if (wait.site !== null) stack.push(wait.site);
  if (task.origin.site !== null) stack.push(task.origin.site);
  return stack;
}
