// CONTRACT 2: the report. What is pending in one process at one moment, as plain JSON. Reporters and rules read this and
// nothing else. A field may be added within a version; nothing is renamed or removed. Times are milliseconds.
import type { AwaitReport, Leaf } from './awaits.ts';
import type { BlockKind, GcStatistics, LoopDelay, TaskTime } from '../channels/loop.ts';
import type { BreakerStatistics, ResourceKind, ResourceStatistics, RetryStatistics } from '../channels/statistics.ts';
import type { RequestState, TaskKind } from '../channels/task.ts';
import type { HandleReport } from './handles.ts';
import type { HistoryEntry } from './history.ts';
import type { WaitKind } from '../channels/wait.ts';
import type { RuleAnswer, Warning } from './warning.ts';

export const reportFormat = 'loopscope-report';
export const reportVersion = 1;

/**
 * Why a report was taken: `exit` something was pending when the process ended, `signal` SIGUSR2, `interrupt` Ctrl-C,
 * `timeout` the program ran longer than `--timeout`, `stuck` its loop did not return for `--stuck-after`, `asked` the
 * program asked for it, `test` a test runner did: for the test or the file of tests that `test` names, `idle` nothing but
 * handles keep the program alive, and nothing happens (`loopscope why`).
 */
export type Reason = 'exit' | 'signal' | 'interrupt' | 'timeout' | 'stuck' | 'asked' | 'test' | 'idle';

export interface Report {
  readonly format: typeof reportFormat;
  readonly version: typeof reportVersion;
  readonly reason: Reason;
  /** ISO 8601, UTC. */
  readonly takenAt: string;
  readonly process: ProcessEntry;
  /** What it is about in a test run, and nothing else is in it; absent outside of one. */
  readonly test?: TestEntry;
  /** Everything that has not settled, by id. The entry with id 0 stands for what runs outside of all tasks. */
  readonly tasks: readonly TaskEntry[];
  /** What is in use: held, waited for, or with something in it; breakers that are not closed, retries that are under way. */
  readonly resources: readonly ResourceEntry[];
  /** Circles of tasks of which each waits for the next. */
  readonly cycles: readonly WaitCycle[];
  /** What the event loop did; null where nobody measured it. */
  readonly loop: LoopEntry | null;
  /** Every suspended function of the process, read from its memory; null where that was not done: at exit as a rule, and elsewhere than on Linux. */
  readonly awaits: AwaitReport | null;
  /** The CPU profile of the thread, once it is written; null where none was asked for, or while it goes on. */
  readonly profile: ProfileEntry | null;
  /** What became of the spans of this process; null where none are made. */
  readonly telemetry: TelemetryEntry | null;
  /** What happened since the start and is not pending any more; absent where it was not gathered: without the hook. */
  readonly history?: HistoryEntry;
  /** What is open: servers, sockets, timers, files …; absent where it was not looked for, as at exit. */
  readonly handles?: HandleReport;
  /** What cannot be seen, and why: libraries that are not known, or were loaded too early. Absent where there is nothing. */
  readonly notes?: readonly string[];
  /** What rules found in it; absent from a report that no rule has looked at. */
  readonly warnings?: readonly Warning[];
  /** What each rule says, also those that are fine or cannot tell; absent unless that was asked for. */
  readonly answers?: readonly RuleAnswer[];
  /** What the program does not want to be warned of: `NAME` or `NAME:GLOB`. Absent where there is nothing. */
  readonly ignoredRules?: readonly string[];
  /** How many there are that are not in the report, because there were too many to track or to list. */
  readonly dropped: { readonly tasks: number; readonly resources: number };
}

export interface ProcessEntry {
  readonly pid: number;
  readonly parentPid: number;
  /** 0 is the main thread. */
  readonly threadId: number;
  /** The script and its arguments. */
  readonly command: string;
  /** The script alone. Absent where there is none, as in a program of `node --eval`. */
  readonly script?: string;
  readonly directory: string;
  readonly node: string;
  readonly uptimeMs: number;
  /** Set when `reason` is `exit`. */
  readonly exitCode: number | null;
  /** At exit: the loop ran empty, so that nothing is left which could settle what is pending. Absent where it did not. */
  readonly isDrained?: boolean;
}

/**
 * What a test report says of its test: `timed out` it is pending at its timeout, and nothing of it is torn down yet;
 * `unfinished` it is pending and nothing is left that could go on, or for a long time without a timeout; `blocked` its code
 * keeps the loop, and the report is from the midst of it; `leaked` it has ended and left something; `not exiting` all tests
 * of the process have ended, and something keeps it alive.
 */
export type TestProblem = 'timed out' | 'unfinished' | 'blocked' | 'leaked' | 'not exiting';

/** The test that a report is about, or a file of tests. */
export interface TestEntry {
  readonly runner: 'vitest' | 'jest' | 'mocha' | 'node:test';
  readonly problem: TestProblem;
  /** An absolute path. */
  readonly file: string;
  /** With the names of what it stands in: `orders > are booked`. Null for what belongs to the file and to none of its tests. */
  readonly name: string | null;
  /** Where the test is written; null where the runner does not tell. */
  readonly line: number | null;
  readonly column: number | null;
  /** How long it has run, or ran. Milliseconds. */
  readonly ranMs: number;
  /** Null without one, or where the runner does not tell. Milliseconds. */
  readonly timeoutMs: number | null;
}

/** A place in the source, after source maps. */
export interface SiteEntry {
  /** An absolute path, or what the engine calls a script without a file. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly function: string;
  /** False: the site of an earlier object of the same name, because sites are rationed. */
  readonly exact: boolean;
}

/** `running` is on the loop now, `waiting` is parked on what `waits` says, `pending` on something that is not ours. */
export type TaskState = 'running' | 'waiting' | 'pending';

export interface TaskEntry {
  readonly id: number;
  readonly name: string;
  readonly kind: TaskKind;
  readonly state: TaskState;
  readonly ageMs: number;
  /** False while its function was not called yet. */
  readonly started: boolean;
  /** The task which created it; null at the top. It may have settled, and then it is not in the list. */
  readonly createdBy: { readonly id: number; readonly name: string } | null;
  readonly createdAt: SiteEntry | null;
  /** Oldest first, 100,000 at most. */
  readonly waits: readonly WaitEntry[];
  readonly progress: ProgressEntry | null;
  /** For a request that a server is to answer: what of the response was sent, and whether the client has gone. */
  readonly request?: RequestState;
  /** How often it is asked to cancel, and since when; absent where it is not. One that goes on has declined, or cleans up. */
  readonly cancelRequest?: { readonly count: number; readonly forMs: number };
  /** Where its function is suspended, whatever it awaits; null where that was not read, or it is not suspended. */
  readonly parked: ParkedEntry | null;
}

/** The await at which a task is parked: the innermost in the program's own code. */
export interface ParkedEntry {
  readonly at: SiteEntry;
  /** Empty for an anonymous function. */
  readonly function: string;
  /** What the innermost function of the task waits for; null where that is another function. */
  readonly leaf: Leaf | null;
}

/** What is waited for: an entry in `tasks` or in `resources`. */
export interface Target {
  readonly type: 'task' | 'resource';
  readonly id: number;
  readonly kind: TaskKind | ResourceKind;
  readonly name: string;
}

/** One of several things that are waited for at once. */
export interface PartEntry {
  /** Who waits for them: `gather`, `wait`, `all`, `race` and the like. */
  readonly of: string;
  /** From 0. */
  readonly index: number;
  /** How many there were. */
  readonly count: number;
  /** Whether a single one can end the wait. */
  readonly any: boolean;
}

export interface WaitEntry {
  readonly kind: WaitKind;
  /** Null for a sleep or a delay, and for what is no task among several things that are waited for at once. */
  readonly on: Target | null;
  /** What it is of several things that are waited for at once, which are one entry each; absent for a wait of its own. */
  readonly part?: PartEntry;
  /** At a lock for reading and writing: for which of the two. */
  readonly mode?: 'read' | 'write';
  /** Of a `response`: what was asked, such as `GET /users/42`, without values; at most 80 characters. */
  readonly operation?: string;
  readonly forMs: number;
  /** Until it ends by itself: the rest of a sleep or timeout. Null without one. */
  readonly leftMs: number | null;
  readonly at: SiteEntry | null;
}

/** How far a retry is. */
export interface ProgressEntry {
  readonly attempt: number;
  readonly limit: number | null;
  readonly lastError: string | null;
  /** Until the next attempt; null while one runs, or where nobody knows. */
  readonly nextInMs: number | null;
}

export interface HolderEntry {
  readonly task: { readonly id: number; readonly name: string };
  readonly forMs: number;
  /** Where it was asked for. */
  readonly at: SiteEntry | null;
  /** Of a lock for reading and writing: which of the two. */
  readonly mode?: 'read' | 'write';
  /** The holder has settled and never released. */
  readonly settled: boolean;
}

/** Somebody who stands in line. */
export interface LineEntry {
  readonly task: { readonly id: number; readonly name: string };
  readonly mode: 'read' | 'write';
}

/** A circuit breaker: as it says of itself, with times that count from the report. */
export interface BreakerEntry extends Omit<BreakerStatistics, 'since' | 'nextAt' | 'lastError'> {
  /** How long it has been in this state. */
  readonly forMs: number;
  /** Until it lets a probe through; null unless it is open. */
  readonly nextInMs: number | null;
  readonly lastError: string | null;
}

/** What a resource says of itself. */
export type StatisticsEntry =
  | Exclude<ResourceStatistics, RetryStatistics | BreakerStatistics>
  | (ProgressEntry & { readonly kind: 'retry' })
  | BreakerEntry;

export interface ResourceEntry {
  readonly id: number;
  readonly kind: ResourceKind;
  readonly name: string;
  readonly ageMs: number;
  readonly createdAt: SiteEntry | null;
  readonly statistics: StatisticsEntry;
  /** Oldest first; for a queue the jobs that it runs now, if they can be known. */
  readonly holders: readonly HolderEntry[];
  /** Of a lock for reading and writing: who waits, in the order in which they are served. */
  readonly line?: readonly LineEntry[];
  /** Of a queue: the task which took from it last. */
  readonly lastTaker: { readonly id: number; readonly name: string; readonly settled: boolean } | null;
}

/** Each step waits for what the next step's task holds or is; the last for the first. */
export interface WaitCycle {
  readonly steps: readonly CycleStep[];
}

export interface CycleStep {
  /** Id of the task. */
  readonly task: number;
  /** What it waits for: something that the next task holds, or the next task itself. */
  readonly waitsFor: Target;
}

/**
 * The event loop of the thread since its first turn. Milliseconds, to a hundredth. In the report of a test there is only what
 * blocks it, and `observedMs` is 0.
 */
export interface LoopEntry {
  readonly observedMs: number;
  readonly turns: number;
  /** How late something is that arrives at a random moment. */
  readonly delay: LoopDelay;
  /** Share of the time in which it ran something: 0 to 1. */
  readonly utilization: number;
  /** How long the thread was ready to run and got no processor; null where the system does not tell. */
  readonly processorWaitMs: number | null;
  readonly gc: GcStatistics;
  /** Turns that take longer are blocks; null where nobody looks for blocks. */
  readonly thresholdMs: number | null;
  /** By culprit, those with the most time first. */
  readonly blocks: readonly BlockEntry[];
  /** Blocks that are in no entry, because there were too many different ones. */
  readonly droppedBlocks: number;
}

/** Blocks with the same culprit: the same kind, and the same function at the top of their stacks. */
export interface BlockEntry {
  readonly kind: BlockKind;
  /** The synchronous native function that ran; null where it was none. */
  readonly native: string | null;
  readonly count: number;
  readonly totalMs: number;
  readonly maxMs: number;
  /** How much of that was garbage collection. */
  readonly gcMs: number;
  /** The loop is blocked by it now. */
  readonly now: boolean;
  /** Of the longest, innermost first, 12 at most; empty where nothing was seen. */
  readonly stack: readonly SiteEntry[];
  /** The first tasks in which it ran, 5 at most. */
  readonly tasks: readonly { readonly id: number; readonly name: string }[];
  /** How often it ran in a task that is not among these. */
  readonly otherTasks: number;
  /** By the CPU profile, the functions which ran during the last 20 of these blocks; null without a profile. */
  readonly slice: readonly SelfTimeEntry[] | null;
}

/** A function, or something of the engine's such as `(garbage collector)`, and how long it was at the top of the stack. */
export interface SelfTimeEntry {
  readonly function: string;
  /** Where the function begins. */
  readonly at: SiteEntry | null;
  readonly selfMs: number;
}

/** A CPU profile. */
export interface ProfileEntry {
  readonly file: string;
  readonly durationMs: number;
  /** By the names of tasks, those with the most time first; null where that was not sampled: in worker threads. */
  readonly tasks: readonly TaskTime[] | null;
}

/** What became of spans. */
export interface TelemetryEntry {
  /** Empty where the program has an OpenTelemetry SDK of its own, which gets them. */
  readonly destinations: readonly DestinationEntry[];
  /** What has no span because a limit was reached. */
  readonly withoutSpan: {
    readonly tasks: number;
    /** On queues, locks and the like. */
    readonly operations: number;
    /** Items whose get has a span, but no link to the put. */
    readonly itemLinks: number;
  };
}

/** Each span that ended is in exactly one of `exported`, `pending`, `dropped` and `failed`. */
export interface DestinationEntry {
  /** A URL, a file, or `console`. */
  readonly destination: string;
  readonly exported: number;
  /** Ended and not sent yet. */
  readonly pending: number;
  /** Not sent because too many were pending. */
  readonly dropped: number;
  /** Sent in vain: the destination did not take them. */
  readonly failed: number;
  /** Of those exported to a file: how many were deleted with it to make room. */
  readonly deleted: number;
  /** Why spans were not taken, the last time that any were not. */
  readonly problem: string | null;
}
