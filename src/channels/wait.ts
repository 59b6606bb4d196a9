// A wait: somebody is parked on something now.
import { channel } from './channel.ts';
import type { ResourceRecord } from './resource.ts';
import type { Site } from './site.ts';
import type { Outcome, TaskRecord } from './task.ts';

/**
 * What the waiter does: `acquire` a lock, a permit or a resource of a pool, or pass a limiter, `put` into or `get` from a
 * queue, `join` a queue or a group, `await` a task, `wait` for an event, a condition or a barrier, `start` when a queue or an
 * executor gives a job its turn, or when a call that was put off is due, `run` while another thread or process runs a job,
 * `connect`, `read` or `drain` a stream, `next` of an async iterable, the `response` of a host or database, `sleep`, or `delay`
 * before the next attempt of a retry.
 */
export type WaitKind =
  | 'acquire'
  | 'put'
  | 'get'
  | 'join'
  | 'await'
  | 'wait'
  | 'start'
  | 'run'
  | 'connect'
  | 'read'
  | 'drain'
  | 'next'
  | 'response'
  | 'sleep'
  | 'delay';

/** What a wait for several things at once still waits for. It is asked when somebody wants a report. */
export interface WaitMembers {
  /** Who waits for them: `gather`, `wait`, `all`, `race` and the like. */
  readonly by: string;
  /** How many there were. */
  readonly count: number;
  /** Whether a single one can end the wait. */
  readonly any: boolean;
  /** Those which have not settled, by their index from 0; `on` is null for what is no task. */
  pending(): Iterable<{ readonly index: number; readonly on: TaskRecord | null }>;
}

/** One parked wait. It stands in the list of its task from the moment it parks until it ends. */
export interface WaitRecord {
  readonly kind: WaitKind;
  /** Who waits; the root task where no task was running. */
  readonly task: TaskRecord;
  /** What it waits for: a resource, a task, or nothing that has a name (a sleep). */
  readonly on: ResourceRecord | TaskRecord | null;
  /** Milliseconds on the runtime clock. */
  readonly since: number;
  /** When it will end by itself, on the runtime clock; null where it has no deadline. A timeout may be rescheduled. */
  until: number | null;
  readonly site: Site | null;
  /** For a wait for several things at once; `on` is null then. */
  readonly members?: WaitMembers | null;
  /** At a lock for reading and writing: for which of the two. */
  readonly mode?: 'read' | 'write';
  /** Of a `response`: what was asked, `GET /users/42`, `SELECT name FROM users WHERE id = ?`: no values, at most 80 characters. */
  readonly operation?: string;
  /** How the wait ended; null while it lasts. */
  outcome: Outcome | null;
  /** Ends the wait with this error, if it can be ended from outside. */
  readonly cancel: ((reason: unknown) => void) | null;
  /** Links of the list of its task, which begins with the newest: only `runtime/wait.ts` touches them. */
  newer: WaitRecord | null;
  older: WaitRecord | null;
}

/** Somebody parks. */
export const waitStarted = channel<WaitRecord>('loopscope:wait:started');
/** The wait is over: `outcome` is set. */
export const waitEnded = channel<WaitRecord>('loopscope:wait:ended');
