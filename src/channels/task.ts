// What a task is, and the three moments of its life.
import { channel } from './channel.ts';
import type { Site } from './site.ts';
import type { WaitRecord } from './wait.ts';

/**
 * What stands behind a task: `task` a named run of a function, `group` a task group, `retry` a retried operation,
 * `attempt` one attempt of it, `job` a function that was given to a queue or an executor, `callback` a call that the loop
 * was asked to make later, `call` a call through a circuit breaker or a policy.
 */
export type TaskKind = 'task' | 'group' | 'retry' | 'attempt' | 'job' | 'callback' | 'call';

/** How a task settled. A cancellation is no error, and a timeout is no cancellation. */
export type Outcome = 'fulfilled' | 'rejected' | 'cancelled' | 'timed out';

/** What never changes about a task. One object serves all tasks of a name where their sites are not known apart. */
export interface Origin {
  readonly kind: TaskKind;
  readonly name: string;
  /** Where the task was created, or null where that was not captured. */
  readonly site: Site | null;
}

/** The end of a task. */
export interface Settlement {
  readonly outcome: Outcome;
  /** What the task was rejected or cancelled with; undefined when it was fulfilled. */
  readonly error: unknown;
}

/** How far a retried operation is. Times are milliseconds on the runtime clock. */
export interface RetryProgress {
  /** The attempt that runs now or ran last, from 1; 0 before the first. */
  readonly attempt: number;
  /** How many attempts there will be at most; null where nobody said. */
  readonly limit: number | null;
  /** What the last attempt failed with; undefined before the first failure. */
  readonly lastError: unknown;
  /** When the next attempt starts; null while one runs. */
  readonly nextAt: number | null;
}

/** The one live record of a task, updated in place. Subscribers read it and keep no copies. */
export interface TaskRecord {
  readonly id: number;
  readonly origin: Origin;
  /** Who created it; null at the top. Once the task has settled, its nearest ancestor that had not. */
  parent: TaskRecord | null;
  /** Whole milliseconds on the runtime clock: an integer costs a pending task 16 bytes less than a fraction. */
  readonly createdAt: number;
  /** When its function was first called; null while it is queued. Equal to `createdAt` for an eager task. */
  readonly startedAt: number | null;
  /** Null while the task is pending. */
  readonly settlement: Settlement | null;
  /** Head of the list of what it waits for now, newest first. */
  waits: WaitRecord | null;
  /** A cancellation that was asked for while the task was not parked: given out once, at its next wait. */
  takeCancellation?(): unknown;
  /** For retries. */
  readonly progress?: RetryProgress | null;
  /** The registry's links: nobody else touches them. */
  previous: TaskRecord | null;
  next: TaskRecord | null;
}

/** A task exists; its function may have been called already or not yet. */
export const taskCreated = channel<TaskRecord>('loopscope:task:created');
/** The function of a task that was not started when it was created is called. */
export const taskStarted = channel<TaskRecord>('loopscope:task:started');
/** A task has settled: `settlement` is set. */
export const taskSettled = channel<TaskRecord>('loopscope:task:settled');
