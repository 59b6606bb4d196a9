// What the event loop did: turns that took too long, and garbage collections.
import { channel } from './channel.ts';
import type { Site } from './site.ts';
import type { TaskRecord } from './task.ts';

/**
 * What blocked the loop: `javascript` code of the program, `regular expression` a match that backtracks, `native call` a
 * synchronous call into Node or the system, `microtasks` promise callbacks that beget others without end, `unknown` what
 * ended before it could be looked at.
 */
export type BlockKind = 'javascript' | 'regular expression' | 'native call' | 'microtasks' | 'unknown';

/** One turn of the loop that took longer than the threshold. */
export interface BlockRecord {
  readonly kind: BlockKind;
  /** When the turn began, milliseconds on the runtime clock. */
  readonly since: number;
  /** How long it took; how long so far while `ended` is false. */
  readonly durationMs: number;
  /** False in a report of a loop that is blocked still. */
  readonly ended: boolean;
  /** What ran, innermost first; frames of loopscope and of Node's internals above the program's own are left out. */
  readonly stack: readonly Site[];
  /** The synchronous native function that ran, for example `execSync`; null where it was none. */
  readonly native: string | null;
  /** The task in which it ran; null outside of tasks, or where it could not be told. */
  readonly task: TaskRecord | null;
}

/** A turn over the threshold is over: published once per block, on the thread whose loop it was. */
export const loopBlocked = channel<BlockRecord>('loopscope:loop:blocked');

/** A synchronous call of the program into Node, such as `readFileSync`, while the loop waits. */
export interface BlockingCall {
  /** The function. */
  readonly native: string;
  readonly durationMs: number;
  /** The line of the program; one that stands in for it where such lines are rationed. */
  readonly site: Site;
  /** Null outside of tasks. */
  readonly task: TaskRecord | null;
}

/** A synchronous call has ended. Published only while somebody wraps those functions, and not for what modules do as they are loaded. */
export const loopCalled = channel<BlockingCall>('loopscope:loop:called');

/** Blocks with the same culprit. */
export interface BlockGroup {
  readonly kind: BlockKind;
  readonly native: string | null;
  /** Of the longest, innermost first; empty where none was seen. */
  readonly stack: readonly Site[];
  readonly count: number;
  readonly totalMs: number;
  readonly maxMs: number;
  /** How much of that was garbage collection. */
  readonly gcMs: number;
  /** The first tasks in which it ran. */
  readonly tasks: readonly { readonly id: number; readonly name: string }[];
  /** How often it ran in a task that is not listed. */
  readonly otherTasks: number;
  /** When the last of them were, milliseconds on the runtime clock. */
  readonly spans: readonly { readonly since: number; readonly durationMs: number }[];
}

/** How late something is that arrives at a random moment, because the loop is busy. Milliseconds. */
export interface LoopDelay {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly meanMs: number;
}

/** Garbage collections, which stop the thread. Milliseconds. */
export interface GcPauses {
  readonly count: number;
  readonly totalMs: number;
  readonly maxMs: number;
}

/** What a collection looks at: `minor` young objects, `major` all, `incremental` a step of a major one, `weak` callbacks. */
export type GcKind = 'minor' | 'major' | 'incremental' | 'weak';

/** Garbage collections in all, and of each kind that there was. */
export interface GcStatistics extends GcPauses {
  readonly kinds: Readonly<Partial<Record<GcKind, GcPauses>>>;
}

/** What a loop did since it is measured. */
export interface LoopStatistics {
  /** Milliseconds since the first turn that was measured; 0 if there was none yet. */
  readonly observedMs: number;
  readonly turns: number;
  readonly delay: LoopDelay;
  /** Share of the time in which it ran something: 0 to 1. */
  readonly utilization: number;
  /** How long the thread was ready to run and got no processor; null where the system does not tell (it is Linux that does). */
  readonly processorWaitMs: number | null;
  readonly gc: GcStatistics;
}

/** How much of the processor the tasks of a name used, by samples. */
export interface TaskTime {
  /** Null for what ran outside of all tasks. */
  readonly name: string | null;
  readonly cpuMs: number;
  /** The truth is within so many milliseconds, 19 times of 20. */
  readonly errorMs: number;
  readonly samples: number;
}
