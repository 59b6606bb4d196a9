// CONTRACT 2, the part that needs no preparation: which functions of a process are suspended, where, what each awaits, and
// who could settle that. A graph, as plain JSON. A field may be added within a version; nothing is renamed or removed.
// Times are milliseconds.
import type { SiteEntry } from './format.ts';

export const awaitsFormat = 'loopscope-awaits';
export const awaitsVersion = 1;

/**
 * How the graph was read: `memory` from the memory of the running process, `core` from a core dump, `in-process` from the
 * own memory by a child, `probe` by V8's async stack walk over an inspector, `snapshot` from a heap snapshot over an inspector.
 */
export type Way = 'memory' | 'core' | 'in-process' | 'probe' | 'snapshot';

export interface AwaitReport {
  readonly format: typeof awaitsFormat;
  readonly version: typeof awaitsVersion;
  /** ISO 8601, UTC. */
  readonly takenAt: string;
  readonly process: AwaitProcess;
  readonly reading: Reading;
  /** Index in the list is `id`. The main thread is 0. */
  readonly threads: readonly ThreadEntry[];
  /** Every async function and async generator that is suspended at an await. Index in the list is `id`. */
  readonly functions: readonly SuspendedFunction[];
  /** The pending promises that they await, directly or through others. Index in the list is `id`. */
  readonly promises: readonly PendingPromise[];
  /** What could not be read, and why: whole sentences. Empty when nothing is missing. */
  readonly notes: readonly string[];
}

export interface AwaitProcess {
  readonly pid: number;
  /** The script and its arguments. */
  readonly command: string;
  readonly directory: string;
  /** Version of Node, for example `24.21.0`; empty when it could not be told. */
  readonly node: string;
  /** Null when not known, as in a core dump. */
  readonly uptimeMs: number | null;
}

export interface Reading {
  readonly via: Way;
  readonly tookMs: number;
  /** How long the process stood still for it: 0 when it ran on. */
  readonly stoppedMs: number;
  /** How much memory was looked through; null where the way does not know. */
  readonly bytes: number | null;
  /** How often it was read until two looks agreed, 1 at best. */
  readonly attempts: number;
  /** Functions that are left out: what they await settled while they were read, or was collected, as nobody had it. */
  readonly changed: number;
  /** Whether `leaf` entries say who could settle them. */
  readonly settlers: boolean;
}

export interface ThreadEntry {
  readonly id: number;
  /** `main`, or `worker 2`. */
  readonly name: string;
}

export interface SuspendedFunction {
  readonly id: number;
  /** With its class where it is a method: `Repo.find`. Empty for an anonymous function. */
  readonly name: string;
  /** `module` is the top level of a module that awaits. */
  readonly kind: 'async function' | 'async generator' | 'module';
  /** The await; `exact` is false where only the beginning of the function is known. Null where not even that is. */
  readonly at: SiteEntry | null;
  /** Where the function begins. */
  readonly definedAt: SiteEntry | null;
  /** Id of its thread. */
  readonly thread: number;
  /** Id of the promise that it awaits. */
  readonly awaits: number;
  /** Ids of the promises that it settles: one of an async function, one per queued request of an async generator. */
  readonly settles: readonly number[];
  /** The task of loopscope that it runs in, where the program uses loopscope. */
  readonly task: TaskReference | null;
}

export interface TaskReference {
  readonly id: number;
  readonly name: string;
  readonly ageMs: number;
}

export interface PendingPromise {
  readonly id: number;
  /** What settles it: one as a rule, several for `Promise.race` or a resolver that was handed on. Never empty. */
  readonly settledBy: readonly Source[];
  /** Functions of the program that are called when it settles (then, catch, finally), where they matter: at a root. */
  readonly callbacks: readonly SiteEntry[];
}

export type Combinator = 'all' | 'allSettled' | 'any' | 'race';

/** What settles a promise. */
export type Source =
  /** The end of a suspended function. */
  | { readonly type: 'function'; readonly function: number }
  /** An async generator, for the n-th request in its queue, from 1. */
  | { readonly type: 'request'; readonly function: number; readonly position: number }
  /** Promise.all and its like: the inputs that are pending. `total` is null where only these are known. */
  | {
      readonly type: 'combinator';
      readonly method: Combinator;
      readonly inputs: readonly CombinatorInput[];
      readonly total: number | null;
    }
  /** A callback on another promise, which has to settle first. */
  | {
      readonly type: 'then';
      readonly method: 'then' | 'catch' | 'finally';
      readonly callback: SiteEntry | null;
      readonly promise: number;
    }
  /** It was resolved with another promise (or a thenable), and follows it. */
  | { readonly type: 'follows'; readonly promise: number }
  /** The evaluation of modules that await at their top level. */
  | { readonly type: 'module'; readonly promises: readonly number[] }
  /** Nothing that is suspended: something outside, or nobody. */
  | Leaf;

export interface CombinatorInput {
  readonly promise: number;
  /** Its place in what was given to the combinator, from 0; null where not known (`Promise.race` keeps none). */
  readonly index: number | null;
}

/** What a leaf waits for, as far as its settler tells. */
export type LeafKind =
  | 'timer'
  | 'socket'
  | 'server'
  | 'file'
  | 'child process'
  | 'worker'
  | 'message port'
  | 'dns'
  | 'fetch'
  | 'stream'
  | 'event'
  | 'lock'
  | 'queue'
  | 'other'
  | 'unknown';

export interface Leaf {
  readonly type: 'leaf';
  readonly kind: LeafKind;
  /** What more is known of it, for people: `12.3 s left`, `127.0.0.1:5432`, `event "drain"`. May be empty. */
  readonly detail: string;
  /**
   * Who could settle it, from a root to the resolver, by variable, property and class: `['Db.pending', 'Map', 'resolve']`.
   * Empty where none was found.
   */
  readonly settledBy: readonly string[];
  /**
   * `found`: a path was found. `none`: proved that no resolver is reachable, so it never settles. `unknown`: not looked
   * for, or not found within the bounds of the search.
   */
  readonly verdict: 'found' | 'none' | 'unknown';
}

/** The suspended functions that are not Node's own. */
export function functionsOfProgram({ functions }: AwaitReport): readonly SuspendedFunction[] {
  return functions.filter(({ at }) => at?.file.startsWith('node:') !== true);
}
