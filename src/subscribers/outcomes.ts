// How things ended, in the words of OpenTelemetry.
import type { Outcome, TaskRecord } from '../channels/task.ts';

/** `timed out` is `timed_out` there. */
export function outcomeWord(outcome: Outcome): string {
  return outcome === 'timed out' ? 'timed_out' : outcome;
}

/** Whether this counts as a failure: a cancellation is none. */
export function isFailure(outcome: Outcome): boolean {
  return outcome === 'rejected' || outcome === 'timed out';
}

/** How a retry that has settled ended: `exhausted` where it was willing to try again and had no more attempts or time. */
export function retryOutcome({ settlement, progress }: TaskRecord): 'succeeded' | 'exhausted' | 'aborted' {
  if (settlement?.outcome === 'fulfilled') return 'succeeded';
  if (settlement?.outcome === 'cancelled') return 'aborted';
  const reason = progress?.gaveUp;
  if (reason !== undefined) return reason === 'retryIf' || reason === 'cancelled' ? 'aborted' : 'exhausted';
  const { attempt = 0, limit = null } = progress ?? {};
  return limit !== null && attempt >= limit ? 'exhausted' : 'aborted';
}

/** `error.type`: the class of an error, or its code where the class says nothing. Reading it may run the program's code. */
export function errorTypeOf(error: unknown): string {
  try {
    if (!(error instanceof Error)) return error === null ? 'null' : typeof error;
    const { name } = error;
    if (typeof name === 'string' && name !== '' && name !== 'Error') return name;
    return 'code' in error && typeof error.code === 'string' ? error.code : 'Error';
  } catch {
    return 'unknown';
  }
}
