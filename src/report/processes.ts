// CONTRACT 2, the list of Node processes that can be seen. A field may be added within a version; nothing is renamed or
// removed. Times are milliseconds.

export const processFormat = 'loopscope-process';
export const processVersion = 1;

/** One Node process of this machine. */
export interface ListedProcess {
  readonly format: typeof processFormat;
  readonly version: typeof processVersion;
  readonly pid: number;
  /** Its pid inside its container; the same outside of one. */
  readonly innerPid: number;
  /** Null where not known. */
  readonly user: { readonly id: number; readonly name: string } | null;
  /** Version of Node, for example `24.21.0`; empty when it could not be told. */
  readonly node: string;
  readonly uptimeMs: number | null;
  /** How much of a processor its main thread took while we looked, from 0 to 1. */
  readonly busy: number | null;
  readonly residentBytes: number | null;
  /** The script and its arguments, or the title that it gave itself. */
  readonly command: string;
  /** Why its memory cannot be read, in a few words and in a sentence; null if it can. */
  readonly refusal: { readonly brief: string; readonly sentence: string } | null;
}
