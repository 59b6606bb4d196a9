// What happened since the start and is not pending any more, where a rule needs it: the part of a report that remembers.
// Every list is bounded: what did not fit is counted. Times are milliseconds.
import type { SiteEntry } from './format.ts';
import type { TaskKind } from '../channels/task.ts';

export interface HistoryEntry {
  /** For how long it was gathered. */
  readonly observedMs: number;
  /** How often `run` was called: 0 where the tasks of the program are nobody's. */
  readonly runs: number;
  /** Tasks that nobody awaited, and that were pending still when the task which created them had settled. */
  readonly forgotten: Remembered<ForgottenEntry>;
  /** Rejections that nobody handled, and errors of tasks that nobody asked for. */
  readonly lostErrors: Remembered<LostErrorEntry>;
  /** Tasks that were asked to cancel, and settled otherwise. */
  readonly ignoredCancels: Remembered<IgnoredCancelEntry>;
  /** Names of which very many tasks were pending at the same time. */
  readonly fanOuts: Remembered<FanOutEntry>;
  /** Queues that are still there, with how full they were. */
  readonly queues: Remembered<QueueHistoryEntry>;
  /** Operations that were tried again. */
  readonly retries: Remembered<RetryHistoryEntry>;
  /** Synchronous calls after the start-up; null where nobody asked for them, which costs a little at each. */
  readonly blockingCalls: Remembered<BlockingCallEntry> | null;
  /** FileHandles that the garbage collector closed, because the program had lost them open; absent where there are none. */
  readonly lostFiles?: Remembered<LostFileEntry>;
  /** Intervals of the program of which five ticks or more were looked at, with how late they fire; absent in the first 2 s. */
  readonly intervals?: Remembered<IntervalEntry>;
}

/** A list with an end. */
export interface Remembered<Entry> {
  /** At most 200. */
  readonly entries: readonly Entry[];
  /** How often something happened that is in no entry, because there were too many different ones. */
  readonly dropped: number;
}

/** Tasks of one kind, name and place. */
export interface TasksEntry {
  readonly kind: TaskKind;
  readonly name: string;
  readonly createdAt: SiteEntry | null;
  readonly count: number;
  /** Id of the last of them. */
  readonly lastId: number;
}

export interface ForgottenEntry extends TasksEntry {
  /** The task which created the last of them. */
  readonly createdBy: string;
}

export interface LostErrorEntry {
  /** The task that failed; null where it was a promise that is no task. */
  readonly task: TasksEntry | null;
  /** The last of them, in one line. */
  readonly error: string;
  /** The innermost line of the program on the stack of the error; null where there is none. */
  readonly at: SiteEntry | null;
  readonly count: number;
  /** `unhandled`: Node said `unhandledRejection`; `unasked`: somebody waited for the end of the task, and not for its error. */
  readonly how: 'unhandled' | 'unasked';
  /** Node ends the process for it: nobody listens for `unhandledRejection`. */
  readonly isFatal: boolean;
}

export interface IgnoredCancelEntry extends TasksEntry {
  /** How long they went on after they were asked first: the longest. */
  readonly maxAfterMs: number;
}

export interface FanOutEntry {
  /** `client` of requests, queries or commands in flight at one host or database. */
  readonly kind: TaskKind | 'client';
  readonly name: string;
  /** Where those were created that made it the most. */
  readonly createdAt: SiteEntry | null;
  /** The most that were pending at a time, and not waiting for a permit, a place in a queue or a turn. */
  readonly peak: number;
  /** The most that were pending at a time, all together. */
  readonly pending: number;
}

export interface QueueHistoryEntry {
  /** Its id in `resources`, and in the spans and metrics. */
  readonly id: number;
  readonly name: string;
  readonly createdAt: SiteEntry | null;
  readonly capacity: number | null;
  /** How long it is from one look to the next. */
  readonly everyMs: number;
  /** Its depth at the last looks, oldest first, 60 at most. */
  readonly depths: readonly number[];
  /** Items put and taken during these looks. */
  readonly put: number;
  readonly taken: number;
}

export interface RetryHistoryEntry {
  readonly name: string;
  readonly createdAt: SiteEntry | null;
  /** Attempts since the start, and how many of them were not the first. */
  readonly attempts: number;
  readonly retries: number;
  /** The same of the last minute, or of the busiest minute where that was busier. */
  readonly minute: { readonly attempts: number; readonly retries: number };
}

export interface BlockingCallEntry {
  /** The function, for example `readFileSync`. */
  readonly native: string;
  /** The line of the program that called it; null where that was not captured, because such lines are rationed. */
  readonly at: SiteEntry | null;
  readonly count: number;
  readonly totalMs: number;
  readonly maxMs: number;
  /** The task in which the longest ran; null outside of tasks. */
  readonly task: { readonly id: number; readonly name: string } | null;
}

export interface LostFileEntry {
  /** Where they were opened; null where that is not known. */
  readonly at: SiteEntry | null;
  /** The library that opened them for the program; null where the program did itself. */
  readonly through: SiteEntry | null;
  readonly count: number;
}

/** Intervals of one length that call the same function. */
export interface IntervalEntry {
  readonly everyMs: number;
  /** Where one was set; null without `--handles`. */
  readonly at: SiteEntry | null;
  /** Where the function begins that they call; null where that is not known. */
  readonly calls: SiteEntry | null;
  /** How many ticks were looked at. */
  readonly ticks: number;
  /** How late they fired, of the last 60 that were looked at. */
  readonly late: { readonly p50Ms: number; readonly maxMs: number };
}
