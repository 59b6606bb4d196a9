// How long a turn took, from a timer that was late: what was idle is not in it, and neither are the short turns before it.
import { now } from '../runtime/clock.ts';

const { nodeTiming } = performance;
/** How much a new value counts in what is usual. */
const weight = 0.2;

/** A turn, on the runtime clock. */
export interface Lateness {
  readonly since: number;
  readonly durationMs: number;
}

/** Times of a timer that should run every so many milliseconds. */
export class LoopTimes {
  #periodMs = 0;
  #at = 0;
  #idleMs = 0;
  #turns = 0;
  #usualMs = 0;

  /** The timer starts, or runs with another period from now on. */
  start(periodMs: number): void {
    this.#periodMs = periodMs;
    this.#note();
  }

  #note(): void {
    this.#at = now();
    this.#idleMs = nodeTiming.idleTime;
    this.#turns = nodeTiming.uvMetricsInfo.loopCount;
  }

  /** The timer runs: how long the turn took that made it late. Nearly 0 if it is in time. */
  beat(): Lateness {
    const lateness = this.sinceBeat();
    if (lateness.durationMs < this.#periodMs) {
      const turns = Math.max(1, nodeTiming.uvMetricsInfo.loopCount - this.#turns);
      const busyMs = now() - this.#at - (nodeTiming.idleTime - this.#idleMs);
      this.#usualMs += weight * (busyMs / turns - this.#usualMs);
    }
    this.#note();
    return lateness;
  }

  /** The same while the turn goes on. */
  sinceBeat(): Lateness {
    const end = now();
    const tookMs = end - this.#at;
    if (tookMs <= this.#periodMs) return { since: end, durationMs: 0 };
    const busyMs = tookMs - (nodeTiming.idleTime - this.#idleMs);
    const turnsBefore = Math.max(0, nodeTiming.uvMetricsInfo.loopCount - this.#turns - 1);
    const beforeMs = Math.min(turnsBefore * this.#usualMs, this.#periodMs);
    const durationMs = Math.max(0, busyMs - beforeMs);
    return { since: end - durationMs, durationMs };
  }
}
