// What goes to a worker of an executor, and what comes back.
import type { JobCode } from './job-code.ts';
import type { SentError } from './job-error.ts';

/** Tells a worker to call a function. */
export interface JobMessage {
  /** No other job of this process has the same. */
  readonly key: string;
  readonly name: string;
  readonly code: JobCode;
  readonly args: readonly unknown[];
  /** What whoever makes spans sends along; null for nothing. */
  readonly carrier: Record<string, string> | null;
}

/** How the function ended. */
export type JobReply =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: SentError; readonly isCancelled: boolean };

/** The channel on which threads are told which jobs are cancelled. */
export const cancelChannel = 'loopscope:cancel';
