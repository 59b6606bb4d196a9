// What `loopscope doctor` says: plain data, for reporters to draw. A field may be added within a version.
import type { SiteEntry } from './format.ts';

export const diagnosisFormat = 'loopscope-diagnosis';
export const diagnosisVersion = 1;

/** Something that ails the program. */
export interface Finding {
  /** Name of the disease: `blocked-loop`, `small-pool`. */
  readonly disease: string;
  /** How much of what the program does, or waits, it is about: 0 to 1. The heaviest is the verdict. */
  readonly weight: number;
  /** One sentence, with the line, the host or the pool. */
  readonly verdict: string;
  /** What was measured, in sentences. */
  readonly evidence: readonly string[];
  /** What to do, in a sentence or two. */
  readonly advice: string;
  /** Null where it is no line: a host. */
  readonly at: SiteEntry | null;
}

/** A finding, and in which threads it was found. */
export interface FoundIn extends Finding {
  readonly threads: readonly { readonly pid: number; readonly threadId: number }[];
}

/** `healthy` nothing was found, and enough seen; `unknown` not enough was seen to say so. */
export type Verdict = 'healthy' | 'ill' | 'unknown';

export interface Diagnosis {
  readonly format: typeof diagnosisFormat;
  readonly version: typeof diagnosisVersion;
  readonly verdict: Verdict;
  /** The first line: one sentence. */
  readonly sentence: string;
  /** What was measured of the program as a whole. */
  readonly figures: readonly string[];
  /** The heaviest first. */
  readonly findings: readonly FoundIn[];
  /** Those with the most time waiting first. */
  readonly operations: readonly OperationRow[];
  /** How much of the time they were followed, if not all: counts are estimates then. Of the thread with the least. */
  readonly followed: { readonly ms: number; readonly ofMs: number } | null;
  /** What could not be seen. */
  readonly notes: readonly string[];
  readonly directory: string;
  readonly command: string;
}

/** Asynchronous operations, or waits, that were begun at one line, as a row of a table. Milliseconds. */
export interface OperationRow {
  /** `file`, `timer`, `response of http api:80`, `acquire pool db` */
  readonly name: string;
  readonly at: SiteEntry | null;
  readonly count: number;
  /** From its beginning to its callback, of each. */
  readonly waitMs: number;
  /** Its callbacks, all together; null for a wait, which has none. */
  readonly onLoopMs: number | null;
  /** At a time, on average. */
  readonly mean: number;
  readonly peak: number;
  /** At the end. */
  readonly open: number;
  /** How many there were at a time, over the time that was followed: 60 points at most, which may be none. */
  readonly concurrency: readonly number[];
  /** In whose callback it began; null where that is not known, and for what began at the start. */
  readonly parent: { readonly name: string; readonly at: SiteEntry | null } | null;
}
