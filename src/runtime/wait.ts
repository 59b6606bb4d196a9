// Parking and unparking: the list of what a task waits for is kept here, in place, whether or not anybody listens.
import type { ResourceRecord } from '../channels/resource.ts';
import type { TaskRecord } from '../channels/task.ts';
import { waitEnded, waitStarted, type WaitKind, type WaitRecord } from '../channels/wait.ts';
import { CallSites } from './call-site.ts';
import { now } from './clock.ts';
import { currentOrRoot, rootTask } from './context.ts';

const sites = new CallSites();

/** Notes that the current task waits from now on. `milliseconds`: when the wait ends by itself, if it does. */
export function park(
  kind: WaitKind,
  on: ResourceRecord | TaskRecord | null,
  cancel: ((reason: unknown) => void) | null = null,
  milliseconds: number | null = null,
): WaitRecord {
  const since = now();
  const task = currentOrRoot();
  const wait: WaitRecord = {
    kind,
    task,
    on,
    since,
    until: milliseconds === null ? null : since + milliseconds,
    site: sites.capture(task === rootTask ? kind : task.origin.name, since),
    cancel,
    previous: null,
    next: task.waits,
  };
  if (task.waits !== null) task.waits.previous = wait;
  task.waits = wait;
  if (waitStarted.hasSubscribers) waitStarted.publish(wait);
  return wait;
}

/** Notes that the wait is over. A second call does nothing. */
export function unpark(wait: WaitRecord): void {
  const { task, previous, next } = wait;
  if (previous === null) {
    if (task.waits !== wait) return;
    task.waits = next;
  } else previous.next = next;
  if (next !== null) next.previous = previous;
  wait.previous = null;
  wait.next = null;
  if (waitEnded.hasSubscribers) waitEnded.publish(wait);
}
