// When something that costs is done: always where it costs little of the thread's work, and else a part of the time, at
// moments that are random, since much of what programs do comes at regular times.
import { ownProcessorMs } from '../loop/scheduling.ts';
import { now } from '../runtime/clock.ts';
import { Chance } from './chance.ts';

/** Of all time, for a thread that does little. */
const idleShare = 0.003;
/** What may be spent at once: enough to see a short run whole. Milliseconds of processor time. */
const mostSavedMs = 20;
/** What has to be saved, on average, before it is spent again. */
const worthMs = 5;

/** A purse: what the thread works fills it, what is done empties it. */
export class Sparing {
  readonly #chance: Chance;
  readonly #share: number;
  readonly #threadMs: () => number;
  readonly #now: () => number;
  #savedMs = mostSavedMs;
  #worthMs = 0;
  #lastThreadMs: number;
  #lastAt: number;

  /**
   * @param share of the processor time of this thread that may be spent
   * @param threadMs what it has used so far
   */
  constructor(
    share: number,
    threadMs: () => number = ownProcessorMs,
    clock: () => number = now,
    chance = new Chance(),
  ) {
    this.#share = share;
    this.#threadMs = threadMs;
    this.#now = clock;
    this.#chance = chance;
    this.#lastThreadMs = threadMs();
    this.#lastAt = clock();
  }

  /** So much was spent since the last time. */
  spend(spentMs: number): void {
    const [threadMs, at] = [this.#threadMs(), this.#now()];
    const earnedMs = (threadMs - this.#lastThreadMs) * this.#share + (at - this.#lastAt) * idleShare;
    this.#savedMs = Math.min(mostSavedMs, this.#savedMs + earnedMs - spentMs);
    this.#lastThreadMs = threadMs;
    this.#lastAt = at;
  }

  /** Whether nothing is left. How much has to be saved then, chance decides. */
  isSpent(): boolean {
    if (this.#savedMs > 0) return false;
    this.#worthMs = worthMs * (0.5 + this.#chance.next());
    return true;
  }

  /** Whether it is worth to begin again. */
  isWorth(): boolean {
    return this.#savedMs >= this.#worthMs;
  }

  /** As at the start. */
  restart(): void {
    this.#savedMs = mostSavedMs;
    this.#lastThreadMs = this.#threadMs();
    this.#lastAt = this.#now();
  }
}
