// What a task is, and the three moments of its life.
import { channel } from './channel.ts';
import type { Site } from './site.ts';
import type { WaitRecord } from './wait.ts';

/**
 * What stands behind a task: `task` a named run of a function, `group` a task group, `retry` a retried operation,
 * `attempt` one attempt of it, `job` a function that was given to a queue or an executor, `callback` a call that the loop
 * was asked to make later, `call` a call through a circuit breaker or a policy, `test` a test of a test runner, `request` a
 * request that a server of the program is to answer.
 */
export type TaskKind = 'task' | 'group' | 'retry' | 'attempt' | 'job' | 'callback' | 'call' | 'test' | 'request';

/** How a task settled. A cancellation is no error, and a timeout is no cancellation. */
export type Outcome = 'fulfilled' | 'rejected' | 'cancelled' | 'timed out';

/** What never changes about a task. One object serves all tasks of a name where their sites are not known apart. */
export interface Origin {
  readonly kind: TaskKind;
  readonly name: string;
  /** Where the task was created, or null where that was not captured. */
  readonly site: Site | null;
  /** Counts the tasks of this kind and name; absent where nobody can. */
  readonly counts?: TaskCounts;
}

/** How many tasks of a kind and name are pending. Only the history counts, and only while it runs. */
export interface TaskCounts {
  pending: number;
  /** The number of pending ones at which they are looked at. */
  nextLook: number;
}

/**
 * Who takes notice of how a task settles: `none` so far; somebody waits for its `end`; somebody is handed its `result`.
 * `detached`: a callback of a timer, a socket or the like created it. `missed`: it has settled, and so had
 * the task which created it, without anybody waiting for it.
 */
export type Attention = 'none' | 'end' | 'result' | 'detached' | 'missed';

/** The end of a task. */
export interface Settlement {
  readonly outcome: Outcome;
  /** What the task was rejected or cancelled with; undefined when it was fulfilled. */
  readonly error: unknown;
}

/**
 * Why a retried operation was not tried again: it had its `attempts`; `retryIf` said no; the retry `budget` of its name is
 * spent; the next attempt would have begun after its `total timeout`; the server asked by `retry-after` for more patience
 * than it has; it was `cancelled`.
 */
export type GiveUpReason = 'attempts' | 'retryIf' | 'budget' | 'total timeout' | 'retry-after' | 'cancelled';

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
  /** Why there is no further attempt; absent while there may be one, and after a success. */
  readonly gaveUp?: GiveUpReason;
}

/** A cancellation that a task was asked for and has not come to terms with. */
export interface CancelRequest {
  /** How often it was asked, less how often `uncancel` was called; above 0. */
  readonly count: number;
  /** When it was asked first. Milliseconds on the runtime clock. */
  readonly since: number;
}

/** How far the answer to a request is. */
export interface RequestState {
  /** What of the response was sent: nothing, or at least its headers. */
  readonly sent: 'nothing' | 'headers';
  /** The client waits no more. */
  readonly isGone: boolean;
}

/** The one live record of a task, updated in place. Subscribers read it and keep no copies. */
export interface TaskRecord {
  readonly id: number;
  readonly origin: Origin;
  /** The name of its origin. */
  readonly name: string;
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
  /** Null where nobody asked the task to cancel. One that stays pending after that has declined, or cleans up. */
  readonly cancelRequest?: CancelRequest | null;
  /** False where it is asked to cancel and could not learn of that; absent where that cannot be told. */
  readonly notices?: boolean;
  /** Absent where it cannot be told. */
  readonly attention?: Attention;
  /** For retries. */
  readonly progress?: RetryProgress | null;
  /** For requests. */
  readonly request?: RequestState;
  /** The registry's links: nobody else touches them. */
  previous: TaskRecord | null;
  next: TaskRecord | null;
}

/** Somebody takes notice of a task that was missed, or failed, after all. */
export interface LateAttention {
  readonly task: TaskRecord;
  readonly before: Attention;
}

/** A task exists; its function may have been called already or not yet. */
export const taskCreated = channel<TaskRecord>('loopscope:task:created');
/** The function of a task that was not started when it was created is called. */
export const taskStarted = channel<TaskRecord>('loopscope:task:started');
/** A task has settled: `settlement` is set. */
export const taskSettled = channel<TaskRecord>('loopscope:task:settled');
/** Somebody asks for the end of a task that has settled, which was missed or has failed until then. */
export const taskAttended = channel<LateAttention>('loopscope:task:attended');
