// What stands for the turns of a loop that turns too fast to look at each: some that were looked at, one after the other.
import type { TurnHistogram } from './turn-histogram.ts';

/** How many turns a sample has. */
export const sampleSize = 32;
// What is missing from the time of the turns that nobody looked at was one long turn, if it is more than chance.
const longTurnMs = 3;
const longShare = 0.3;

const { nodeTiming } = performance;

/** A counter that grows with what the loop does: its turns, or the events that it handles where there are more of those. */
interface Work {
  readonly turns: number;
  readonly events: number;
}

/** Consecutive turns, each with its busy time, and how much work they were. */
export class TurnSample {
  readonly #busyMs = new Float64Array(sampleSize);
  #count = 0;
  #sumMs = 0;
  #since = 0;
  #until = 0;
  #start = readWork();
  #end = this.#start;

  get isFull(): boolean {
    return this.#count === sampleSize;
  }

  /** How long it took from the end of the first turn to that of the last. */
  get tookMs(): number {
    return this.#until - this.#since;
  }

  /** Adds a turn that ended now. */
  push(busyMs: number, now: number): void {
    if (this.#count === 0) {
      this.#start = readWork();
      this.#since = now;
    }
    this.#busyMs[this.#count++] = busyMs;
    this.#sumMs += busyMs;
    if (!this.isFull) return;
    this.#end = readWork();
    this.#until = now;
  }

  clear(): void {
    this.#count = 0;
    this.#sumMs = 0;
  }

  /** Adds what the loop did since the sample was full, as turns like those of the sample and at most one that was long. */
  addRestTo(histogram: TurnHistogram, busyMs: number): void {
    const usualMs = (this.#sumMs / between(this.#start, this.#end)) * between(this.#end, readWork());
    const longMs = busyMs - usualMs;
    const isLong = longMs > longTurnMs && longMs > usualMs * longShare;
    if (isLong) histogram.add(longMs);
    const times = this.#sumMs > 0 ? (isLong ? usualMs : busyMs) / this.#sumMs : 0;
    for (const each of this.#busyMs) histogram.add(each, times);
  }
}

function readWork(): Work {
  const { loopCount: turns, events } = nodeTiming.uvMetricsInfo;
  return { turns, events };
}

function between(start: Work, end: Work): number {
  return Math.max(1, end.turns - start.turns, end.events - start.events);
}
