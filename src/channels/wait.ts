// A wait: somebody is parked on something now.
import { channel } from './channel.ts';
import type { ResourceRecord } from './resource.ts';
import type { Site } from './site.ts';
import type { TaskRecord } from './task.ts';

/**
 * What the waiter does: `acquire` a lock or a permit, `put` into or `get` from a queue, `join` a queue or a group,
 * `await` a task, `start` when a queue gives a job its turn, `sleep`, or `delay` before the next attempt of a retry.
 */
export type WaitKind = 'acquire' | 'put' | 'get' | 'join' | 'await' | 'start' | 'sleep' | 'delay';

/** One parked wait. It stands in the list of its task from the moment it parks until it ends. */
export interface WaitRecord {
  readonly kind: WaitKind;
  /** Who waits; the root task where no task was running. */
  readonly task: TaskRecord;
  /** What it waits for: a resource, a task, or nothing that has a name (a sleep). */
  readonly on: ResourceRecord | TaskRecord | null;
  /** Milliseconds on the runtime clock. */
  readonly since: number;
  /** When it will end by itself, on the runtime clock; null where it has no deadline. */
  readonly until: number | null;
  readonly site: Site | null;
  /** Ends the wait with this error, if it can be ended from outside. */
  readonly cancel: ((reason: unknown) => void) | null;
  /** Links of the list of its task: only `runtime/wait.ts` touches them. */
  previous: WaitRecord | null;
  next: WaitRecord | null;
}

/** Somebody parks. */
export const waitStarted = channel<WaitRecord>('loopscope:wait:started');
/** The wait is over, with or without success. */
export const waitEnded = channel<WaitRecord>('loopscope:wait:ended');
