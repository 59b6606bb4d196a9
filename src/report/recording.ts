// The recording of a run: what `loopscope doctor` saw of each process, as plain JSON. The diagnosis reads this and nothing
// else. A field may be added within a version; nothing is renamed or removed. Times are milliseconds, lists are bounded.
import type { GcPauses } from '../channels/loop.ts';
import type { ResourceKind } from '../channels/statistics.ts';
import type { Report, SiteEntry } from './format.ts';

export const recordingFormat = 'loopscope-recording';
export const recordingVersion = 1;

/** `load` its command ended, `duration` its time was over, `interrupt` Ctrl-C or SIGTERM, `program` it ended by itself. */
export type RecordingEnd = 'load' | 'duration' | 'interrupt' | 'program';

export interface Recording {
  readonly format: typeof recordingFormat;
  readonly version: typeof recordingVersion;
  /** ISO 8601, UTC: when the program was started. */
  readonly startedAt: string;
  /** The script and its arguments. */
  readonly command: string;
  readonly durationMs: number;
  readonly ended: RecordingEnd;
  /** How the program ended by itself; null where it was ended. */
  readonly exit: { readonly code: number | null; readonly signal: string | null } | null;
  readonly load: LoadEntry | null;
  /** With `--deep`: what an await costs with it and without, nanoseconds, as was measured at the start; else null. */
  readonly awaitNs: { readonly without: number; readonly with: number } | null;
  /** Each thread that recorded: main threads and worker threads, of all processes. 64 at most. */
  readonly threads: readonly ThreadRecording[];
  /** Processes and threads that did not answer at the end: blocked in native code, stopped, or without a processor. */
  readonly silent: readonly { readonly pid: number; readonly threadId: number }[];
  /** Those that were ended before they could leave what was recorded of them. Absent in recordings of earlier versions. */
  readonly lost?: readonly { readonly pid: number; readonly threadId: number }[];
  /** What could not be seen, in sentences. */
  readonly notes: readonly string[];
}

/** The command that made the load. */
export interface LoadEntry {
  readonly command: string;
  /** Null where the program never listened, and the command was not run. */
  readonly port: number | null;
  /** Null where it was ended, or not run. */
  readonly exitCode: number | null;
  /** Whether it ended by itself. Absent in recordings of earlier versions. */
  readonly hasEnded?: boolean;
}

/** What was seen of one thread, from the moment at which it listened, or else from its first turn. */
export interface ThreadRecording {
  readonly observedMs: number;
  /** From the first request to the last; all of it where there were no requests. */
  readonly activeMs: number;
  /** The first port that it listened at; null for none. */
  readonly port: number | null;
  readonly requests: RequestsEntry | null;
  readonly turns: TurnsEntry | null;
  readonly processor: ProcessorEntry;
  readonly gc: GcPauses | null;
  /** Null where there was no profile: without an inspector, or where it is not permitted. */
  readonly profile: ProfiledEntry | null;
  readonly allocations: AllocationsEntry | null;
  readonly operations: OperationsEntry | null;
  /** Waits for locks, pools, queues, hosts and databases. Absent in recordings of earlier versions. */
  readonly waits?: WaitsEntry;
  readonly resources: readonly ResourceUse[];
  readonly series: SeriesEntry;
  /** What was pending at the end, and what happened since the start. */
  readonly report: Report;
}

/** The requests that the thread answered as a server. */
export interface RequestsEntry {
  readonly started: number;
  readonly finished: number;
  /** Of those that were answered, all together, and of the longest. */
  readonly totalMs: number;
  readonly maxMs: number;
  /** The most at a time. */
  readonly peak: number;
  /** Of those that were answered: with a status from 400 to 499, and from 500 on. Absent in recordings of earlier versions. */
  readonly refused?: number;
  readonly failed?: number;
  /** The first such status; null where there was none. */
  readonly status?: number | null;
}

/** The turns of the loop. */
export interface TurnsEntry {
  readonly observedMs: number;
  readonly busyMs: number;
  readonly count: number;
  /** With which share of the time whoever arrives waits longer than so many milliseconds. */
  readonly delays: readonly { readonly overMs: number; readonly share: number }[];
  /** Ready to run and without a processor; null where the system does not tell. */
  readonly processorWaitMs: number | null;
}

/** Who used the processor. */
export interface ProcessorEntry {
  readonly threadMs: number;
  /** All threads of the process, this one too. */
  readonly processMs: number;
}

/**
 * What the processor did for the program: `javascript` its own code, and what of the engine it called, `json`, `sync file`,
 * `sync crypto`, `sync compression`, `child process` a synchronous call into Node, `package` code of a package, `node` what
 * Node itself does: sockets, parsing of requests, streams.
 */
export type Work =
  | 'javascript'
  | 'json'
  | 'sync file'
  | 'sync crypto'
  | 'sync compression'
  | 'child process'
  | 'package'
  | 'node';

/** Where the loop's time went, by samples. */
export interface ProfiledEntry {
  readonly everyMs: number;
  /** Within the observed time. */
  readonly samples: number;
  readonly idleMs: number;
  readonly busyMs: number;
  readonly gcMs: number;
  /** Of loopscope itself; not in `busyMs`. */
  readonly ownMs: number;
  /** Below a callback of a timer. */
  readonly timersMs: number;
  /** Those with the most time first, 50 at most. */
  readonly paths: readonly HotPath[];
}

/** A place of the program, what it called there, and how much time that took. */
export interface HotPath {
  readonly work: Work;
  /** The line of the program; a package's where no line of the program is on the stack. Null where there is neither. */
  readonly at: SiteEntry | null;
  /** What the function called there: `readFileSync`, `JSON.stringify`, `lodash: cloneDeep`; null for its own code. */
  readonly calls: string | null;
  readonly ms: number;
  /** How much of it was below a callback of a timer. */
  readonly timersMs: number;
  /** The functions of the program above it, the nearest first, 4 at most. */
  readonly callers: readonly SiteEntry[];
}

/** Who allocated, by samples, what was freed since included. */
export interface AllocationsEntry {
  readonly bytes: number;
  /** Those with the most first, 20 at most. */
  readonly sites: readonly { readonly at: SiteEntry; readonly bytes: number }[];
  /** What was in use at the beginning and at the end, after all garbage was collected. Absent in recordings of earlier versions. */
  readonly live?: { readonly before: number; readonly after: number };
}

/** What was asynchronous, by the line of the program that began it. */
export interface OperationsEntry {
  /** How much of the time they were followed: less than `observedMs` where there were too many. */
  readonly followedMs: number;
  /** Whether promises are among them (`--deep`). */
  readonly isDeep: boolean;
  /** Those with the most time waiting first, 100 at most. */
  readonly groups: readonly OperationEntry[];
  /** Operations in no group, because there were too many. */
  readonly dropped: number;
}

/** Who waited for a lock, a pool, a queue, a host or a database, by the line at which it did. */
export interface WaitsEntry {
  /** Those with the most time first, 100 at most. `onLoopMs` is 0. */
  readonly groups: readonly OperationEntry[];
  /** Waits in no group, because there were too many. */
  readonly dropped: number;
}

/** Operations of one sort, begun at one line. Counts are estimates where only some were looked at. */
export interface OperationEntry {
  /** As Node names it: `Timeout`, `FSREQCALLBACK`. Of a wait how it waits, and for what: `response client http api:80`. */
  readonly type: string;
  readonly at: SiteEntry | null;
  readonly count: number;
  /** Callbacks that ran: more than `count` for an interval. Waits that ended. */
  readonly runs: number;
  readonly waitingMs: number;
  readonly onLoopMs: number;
  /** The most at a time. */
  readonly peak: number;
  /** At the end. */
  readonly open: number;
  /** How many there were at a time, over the time that was followed: 60 points at most. */
  readonly concurrency: readonly number[];
  /**
   * The operation in whose callback this began most often, or in what promises made of that callback. Of a wait, the task.
   * Null where it is not known, and of what began at the start.
   */
  readonly parent: { readonly type: string; readonly at: SiteEntry | null } | null;
}

/** How a lock, a pool, a queue, a limiter or a client was used. */
export interface ResourceUse {
  readonly kind: ResourceKind;
  readonly name: string;
  readonly createdAt: SiteEntry | null;
  /** How many may hold it at a time; null where there is no limit, or it is not known. */
  readonly size: number | null;
  /** Waits that ended, all their time, and the longest. */
  readonly waits: number;
  readonly waitMs: number;
  readonly maxWaitMs: number;
  /** Where the longest waited. */
  readonly waitedAt: SiteEntry | null;
  /** Holds, jobs or requests that ended, and all their time. */
  readonly holds: number;
  readonly holdMs: number;
  readonly maxHoldMs: number;
  /** The most that waited at a time. */
  readonly peakWaiting: number;
  /** The most that held it, or were under way, at a time. */
  readonly peakHeld: number;
  /** What a client did last: `GET /users`. */
  readonly operation: string | null;
}

/** Counts over time. All lists have one value for each point. */
export interface SeriesEntry {
  readonly everyMs: number;
  /** Share of the time in which the loop was busy. */
  readonly utilization: readonly number[];
  readonly heapMB: readonly number[];
  /** Requests that are not answered. */
  readonly requests: readonly number[];
  /** Requests that were answered until then. */
  readonly answered: readonly number[];
  readonly tasks: readonly number[];
  /** What keeps the process alive, by sort: `Timeout`, `TCPSocketWrap`. */
  readonly handles: Readonly<Record<string, readonly number[]>>;
}

/** Whether this is a recording that can be read. */
export function isRecording(value: unknown): value is Recording {
  const { format, version } = (value ?? {}) as { readonly format?: unknown; readonly version?: unknown };
  return format === recordingFormat && version === recordingVersion;
}
