// Writes down every message of the channels, one line each, so that a test can compare a whole run in one equality.
import {
  breakerChanged,
  errorCounted,
  holdEnded,
  holdStarted,
  queueDone,
  queuePut,
  queueRefused,
  queueTaken,
  resourceCreated,
} from '../../src/channels/resource.ts';
import { taskCreated, taskSettled, taskStarted, type TaskRecord } from '../../src/channels/task.ts';
import { waitEnded, waitStarted, type WaitRecord } from '../../src/channels/wait.ts';
import type { Channel } from '../../src/channels/channel.ts';

/** Listens until `stop`. Names stand for the things themselves: give each task and resource one of its own. */
export function recordMessages(): { readonly lines: readonly string[]; readonly stop: () => readonly string[] } {
  const lines: string[] = [];
  const ends: (() => void)[] = [];
  function record<Message>(channel: Channel<Message>, line: (message: Message) => string): void {
    const handle = (message: Message): void => void lines.push(line(message));
    channel.subscribe(handle);
    ends.push(() => void channel.unsubscribe(handle));
  }
  record(taskCreated, (task) => `${task.origin.kind} ${name(task)} created`);
  record(taskStarted, (task) => `${task.origin.kind} ${name(task)} started`);
  record(taskSettled, (task) => `${task.origin.kind} ${name(task)} ${task.settlement?.outcome}`);
  record(waitStarted, (wait) => `${name(wait.task)} waits to ${words(wait)}`);
  record(waitEnded, (wait) => `${name(wait.task)} waited to ${words(wait)}`);
  record(resourceCreated, (resource) => `${resource.kind} ${resource.name} created`);
  record(holdStarted, ({ task, resource }) => `${name(task)} holds ${resource.name}`);
  record(holdEnded, ({ task, resource }) => `${name(task)} released ${resource.name}`);
  record(queuePut, ({ task, queue, item }) => `${name(task)} put ${item} into ${queue.name}`);
  record(queueTaken, ({ task, queue, item }) => `${name(task)} took ${item} from ${queue.name}`);
  record(queueDone, ({ task, queue }) => `${name(task)} is done with one of ${queue.name}`);
  record(queueRefused, ({ task, queue }) => `${name(task)} was refused by ${queue.name}`);
  record(breakerChanged, ({ breaker, from, to }) => `${breaker.name} went from ${from} to ${to}`);
  record(errorCounted, ({ manager, errorKind }) => `${manager.name} counted one of ${errorKind}`);
  return {
    lines,
    stop() {
      for (const end of ends) end();
      return lines;
    },
  };
}

function name(task: TaskRecord): string {
  return task.origin.name;
}

function words({ kind, on }: WaitRecord): string {
  if (on === null) return kind;
  return `${kind} ${'origin' in on ? name(on) : on.name}`;
}
