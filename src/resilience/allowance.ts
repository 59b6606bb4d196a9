// What may pass within a time. Times are milliseconds on the runtime clock, which is monotonic: nothing adds up errors, and
// a wall clock that is set changes nothing.

/** Decides when so much may pass. */
export interface Allowance {
  /** Milliseconds until so much may pass; 0 now. */
  timeUntil(weight: number, at: number): number;
  /** So much passes now. */
  take(weight: number, at: number): void;
  /** How much of the limit is used now. */
  used(at: number): number;
}

// Less than clocks and timers can tell: a rest of a sum of fractions must not cost another turn of a timer.
export const nothing = 1e-6;
const mostEntries = 1024;

/**
 * A sliding window log: within no window of its length, wherever it begins, passes more than the limit. Exact for 1,024
 * passages in a window; beyond that, passages within a thousandth of it are remembered as one at the latest of their times, so
 * that it errs to the safe side and its memory is bounded.
 */
export class SlidingWindow implements Allowance {
  readonly #limit: number;
  readonly #windowMs: number;
  #entries: Entry[] = [];
  /** Entries before it are past. */
  #first = 0;
  #used = 0;

  constructor(limit: number, windowMs: number) {
    this.#limit = limit;
    this.#windowMs = windowMs;
  }

  timeUntil(weight: number, at: number): number {
    this.#expire(at);
    let excess = this.#used + weight - this.#limit;
    if (excess <= 0) return 0;
    for (let index = this.#first; ; index++) {
      const entry = this.#entries[index] as Entry;
      excess -= entry.weight;
      if (excess <= 0) return entry.at + this.#windowMs - at;
    }
  }

  take(weight: number, at: number): void {
    this.#used += weight;
    const last = this.#entries.at(-1);
    const count = this.#entries.length - this.#first;
    if (last !== undefined && count > 0 && mayJoin(last, at, count, this.#windowMs)) {
      last.weight += weight;
      last.at = at;
    } else this.#entries.push({ since: at, at, weight });
  }

  used(at: number): number {
    this.#expire(at);
    return this.#used;
  }

  #expire(at: number): void {
    const entries = this.#entries;
    for (; this.#first < entries.length; this.#first++) {
      const entry = entries[this.#first] as Entry;
      if (entry.at + this.#windowMs > at + nothing) break;
      this.#used -= entry.weight;
    }
    if (this.#first * 2 > entries.length) {
      this.#entries = entries.slice(this.#first);
      this.#first = 0;
    }
  }
}

interface Entry {
  readonly since: number;
  at: number;
  weight: number;
}

function mayJoin(last: Entry, at: number, count: number, windowMs: number): boolean {
  return last.at === at || (count >= mostEntries && at - last.since < windowMs / mostEntries);
}

/**
 * A token bucket: `burst` may pass at once, and is made up for at the rate of `limit` per window. Within any time t passes at
 * most `burst + t × limit ÷ windowMs`. Kept as one number, the moment at which the bucket will be full (the "theoretical arrival
 * time" of the generic cell rate algorithm, ITU-T I.371), so that no timer fills it.
 */
export class TokenBucket implements Allowance {
  readonly #burst: number;
  readonly #tokenMs: number;
  #fullAt = -Infinity;

  constructor(limit: number, windowMs: number, burst: number) {
    this.#burst = burst;
    this.#tokenMs = windowMs / limit;
  }

  timeUntil(weight: number, at: number): number {
    const wait = this.#fullAt - at - (this.#burst - weight) * this.#tokenMs;
    return wait <= nothing ? 0 : wait;
  }

  take(weight: number, at: number): void {
    this.#fullAt = Math.max(this.#fullAt, at) + weight * this.#tokenMs;
  }

  used(at: number): number {
    return Math.max(0, Math.ceil((this.#fullAt - at) / this.#tokenMs - nothing));
  }
}
