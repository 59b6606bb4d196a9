// A sleep of the watchdog thread that took too long: the whole process was stopped, or the machine slept. Where the thread
// only waited for a processor, it was not.
import { systemClock } from './pulse.ts';
import { ownScheduling } from './scheduling.ts';

const leastMs = 50;
/** Where the system does not tell what a thread waited for. */
const leastUntoldMs = 500;

/** Watches over one sleep, which is about to begin. */
export class Oversleeping {
  readonly plannedMs: number;
  readonly #startedAt = systemClock();
  readonly #waitedMs = ownScheduling()?.waitMs ?? null;

  constructor(plannedMs: number) {
    this.plannedMs = Math.max(0, plannedMs);
  }

  /** For how long the process was stopped meanwhile; null if it was not. */
  stoppedMs(): number | null {
    const overMs = systemClock() - this.#startedAt - this.plannedMs;
    if (overMs < leastMs) return null;
    const waitedMs = ownScheduling()?.waitMs ?? null;
    if (waitedMs === null || this.#waitedMs === null) return overMs < leastUntoldMs ? null : overMs;
    const stoppedMs = overMs - (waitedMs - this.#waitedMs);
    return stoppedMs < leastMs ? null : stoppedMs;
  }
}
