// Parking and unparking: the list of what a task waits for is kept here, in place, whether or not anybody listens.
import type { ResourceRecord } from '../channels/resource.ts';
import type { Site } from '../channels/site.ts';
import type { Outcome, TaskRecord } from '../channels/task.ts';
import { waitEnded, waitStarted, type WaitKind, type WaitMembers, type WaitRecord } from '../channels/wait.ts';
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
 * @param members what is waited for, if that is several things at once
 */
export function park(
  kind: WaitKind,
  on: ResourceRecord | TaskRecord | null,
  cancel: ((reason: unknown) => void) | null = null,
  milliseconds: number | null = null,
  task: TaskRecord = currentPendingOrRoot(),
  site?: Site | null,
  members: WaitMembers | null = null,
): WaitRecord {
  const isMeasured = milliseconds !== null || waitStarted.hasSubscribers || waitEnded.hasSubscribers;
  const since = isMeasured ? now() : turnTime();
  const wait: WaitRecord = {
    kind,
    task,
    on,
    since,
    until: milliseconds === null ? null : since + milliseconds,
    site: site === undefined ? sites.capture(task === rootTask ? kind : task.origin.name, since) : site,
    members,
    outcome: null,
    cancel,
    previous: null,
    next: task.waits,
  };
  if (task.waits !== null) task.waits.previous = wait;
  task.waits = wait;
  if (waitStarted.hasSubscribers) waitStarted.publish(wait);
  return wait;
}

/** What goes on in the context of a task that has settled is outside of all tasks: in that task nobody would see it. */
function currentPendingOrRoot(): TaskRecord {
  const task = currentOrRoot();
  return task.settlement === null ? task : rootTask;
}

/** Notes that the wait is over, and how it ended. A second call does nothing. */
export function unpark(wait: WaitRecord, outcome: Outcome = 'fulfilled'): void {
  const { task, previous, next } = wait;
  if (previous === null) {
    if (task.waits !== wait) return;
    task.waits = next;
  } else previous.next = next;
  if (next !== null) next.previous = previous;
  wait.previous = null;
  wait.next = null;
  wait.outcome = outcome;
  if (waitEnded.hasSubscribers) waitEnded.publish(wait);
}

/** Where a task is parked, newest first, and where it was created, as far as that is known. */
export function stackOf(task: TaskRecord): Site[] {
  const stack: Site[] = [];
  for (let { waits: wait } = task; wait !== null; wait = wait.next) if (wait.site !== null) stack.push(wait.site);
  if (task.origin.site !== null) stack.push(task.origin.site);
  return stack;
}
