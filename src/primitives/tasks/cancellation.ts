// What a task knows of being cancelled. Made when it is needed: most tasks never are, and never look at their signal.
import type { CancelRequest } from '../../channels/task.ts';
import type { WaitRecord } from '../../channels/wait.ts';
import { CancelledError } from '../../errors.ts';
import { now } from '../../runtime/clock.ts';

/** The cancellations that were asked for, and the signal that tells of them. */
export class Cancellation implements CancelRequest {
  count = 0;
  since = 0;
  /** What the task was cancelled with last; null once all of it was taken back. */
  error: CancelledError | null = null;
  #isDelivered = true;
  #isHandingOn = false;
  #isArriving = false;
  /** What the task was parked on when it was asked to. */
  #parked: readonly WaitRecord[] = [];
  #last: CancelledError | null = null;
  #controller: AbortController | null = null;

  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.error !== null) this.#controller.abort(this.error);
    }
    return this.#controller.signal;
  }

  /** Whether a task that was rejected with this was cancelled: it was asked to, or this is what it was asked with. */
  explains(error: unknown): boolean {
    return error instanceof CancelledError && (this.count > 0 || error === this.#last);
  }

  /**
   * Whether the task could learn of it: a wait of ours was ended by it, or somebody has the signal. A task that is parked on
   * tasks which were cancelled in its place learns of it as they do.
   */
  get isNoticed(): boolean {
    if (this.#controller !== null) return true;
    return this.#isDelivered && (this.#parked.length === 0 || !this.#parked.every(isDeaf));
  }

  /**
   * Aborts the signal and ends the waits. With none to end, the cancellation is kept for the next one; but several that
   * come at once, by different ways, are one, as in asyncio: the clean-up after the first is not disturbed by the others.
   * @returns false if it comes back to where it is being handed on from: tasks that await each other
   */
  request(error: CancelledError, first: WaitRecord | null): boolean {
    if (this.#isHandingOn) return false;
    if (this.count++ === 0) this.since = now();
    this.error = error;
    this.#last = error;
    const parked: WaitRecord[] = [];
    for (let wait = first; wait !== null; wait = wait.older) if (wait.cancel !== null) parked.push(wait);
    // Before the signal: a wait that the signal ends has delivered it, and the clean-up after it is not disturbed again.
    this.#isDelivered = parked.length > 0 || this.#isArriving;
    if (parked.length > 0) this.#arrive(parked);
    else if (!this.#isArriving) this.#parked = parked;
    this.#isHandingOn = true;
    try {
      this.#controller?.abort(error);
      for (const wait of parked) wait.cancel?.(error);
    } finally {
      this.#isHandingOn = false;
    }
    return true;
  }

  /** The cancellation that was not delivered yet, once. */
  take(): CancelledError | undefined {
    if (this.#isDelivered) return undefined;
    this.#isDelivered = true;
    return this.error ?? undefined;
  }

  /** A cancellation that was delivered and gave way to an error: it comes again at the next wait, and is no new one. */
  deliverAgain(): void {
    this.#isDelivered = this.error === null;
  }

  /** Takes one request back; after the last, nothing is left to deliver, and a signal that is asked for is a fresh one. */
  takeBack(): number {
    if (this.count > 0 && --this.count === 0) {
      this.error = null;
      this.#isDelivered = true;
      this.#controller = null;
    }
    return this.count;
  }

  /** Until its next microtask the task cannot have gone on. */
  #arrive(parked: readonly WaitRecord[]): void {
    this.#parked = parked;
    this.#isArriving = true;
    void Promise.resolve().then(() => (this.#isArriving = false));
  }
}

/** What a task is cancelled with: `reason` is the cause, unless it is such an error itself. */
export function toCancelledError(reason: unknown, what: string): CancelledError {
  return reason instanceof CancelledError ? reason : new CancelledError(`${what} was cancelled`, { cause: reason });
}

/** A wait that has not ended, for a task that cannot learn of its cancellation. */
function isDeaf({ outcome, on }: WaitRecord): boolean {
  if (outcome !== null || on === null || !('settlement' in on) || on.settlement !== null) return false;
  return on.notices === false;
}
