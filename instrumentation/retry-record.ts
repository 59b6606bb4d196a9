// A call of a foreign function that tries again: a retry, its attempts, the last error, and when it tries again.
import type { WaitRecord } from '../src/channels/wait.ts';
import { now } from '../src/runtime/clock.ts';
import { parentForNew } from '../src/runtime/context.ts';
import { park, unpark } from '../src/runtime/wait.ts';
import { originAt } from './hook-origin.ts';
import { CallRecord } from './record.ts';

/** One call. */
export class RetryCall {
  readonly record: CallRecord;
  #delay: WaitRecord | null = null;

  /**
   * @param label the name of the library
   * @param limit how often it will try at most; null where nobody said
   */
  constructor(label: string, run: { readonly name: string }, limit: number | null) {
    const at = now();
    this.record = new CallRecord(originAt('retry', label, run, at), at, parentForNew(), true, {
      attempt: 0,
      limit,
      lastError: undefined,
      nextAt: null,
    });
  }

  /** The next attempt begins. */
  begin(): CallRecord {
    this.endDelay();
    const { progress, origin } = this.record;
    this.#note({ attempt: (progress?.attempt ?? 0) + 1, nextAt: null });
    return new CallRecord({ ...origin, kind: 'attempt' }, now(), this.record, true, this.record.progress);
  }

  /** An attempt has failed. */
  fail(error: unknown): void {
    this.#note({ lastError: error });
  }

  /** It will try again after so many milliseconds. */
  delay(milliseconds: number): void {
    this.endDelay();
    const { site } = this.record.origin;
    this.#delay = park('delay', null, null, milliseconds, this.record, site);
    this.#note({ nextAt: this.#delay.until });
  }

  endDelay(): void {
    if (this.#delay !== null) unpark(this.#delay);
    this.#delay = null;
  }

  #note(change: Partial<NonNullable<CallRecord['progress']>>): void {
    if (this.record.progress !== null) this.record.progress = { ...this.record.progress, ...change };
  }
}
