// How long the turns of a loop were busy, and from that how late the loop is. Somebody who arrives at a random moment of T
// waits longer than x with the probability Σ max(0, busy − x) / T: no arrival has to be simulated to know that.
import type { LoopDelay } from '../channels/loop.ts';

// A bucket is read off the bits of the number: its exponent and three more bits, so that eight buckets double a length.
const bucketsPerDoubling = 8;
const bitsBelow = 20 - Math.log2(bucketsPerDoubling);
const bits = new DataView(new ArrayBuffer(8));

const shortest = wordOf(2 ** -10); // about a microsecond; shorter turns share the first bucket
const bucketCount = wordOf(2 ** 32) - shortest + 1; // and longer ones than 49 days the last

/** The lengths of turns in a fixed amount of memory: 5 KB, whatever the loop does. */
export class TurnHistogram {
  readonly #counts = new Float64Array(bucketCount);
  readonly #sums = new Float64Array(bucketCount);
  #squares = 0;
  #max = 0;

  /** Adds turns that were busy for so many milliseconds each. */
  add(busyMs: number, turns = 1): void {
    const bucket = Math.min(Math.max(0, wordOf(busyMs) - shortest), bucketCount - 1);
    (this.#counts[bucket] as number) += turns;
    (this.#sums[bucket] as number) += busyMs * turns;
    this.#squares += busyMs * busyMs * turns;
    if (busyMs > this.#max) this.#max = busyMs;
  }

  copy(): TurnHistogram {
    const copy = new TurnHistogram();
    copy.#counts.set(this.#counts);
    copy.#sums.set(this.#sums);
    copy.#squares = this.#squares;
    copy.#max = this.#max;
    return copy;
  }

  /** The delay over so many milliseconds, in which all the turns lay. `max` and `mean` are exact. */
  delay(observedMs: number): LoopDelay {
    return {
      p50Ms: this.#exceededBy(observedMs * 0.5),
      p99Ms: this.#exceededBy(observedMs * 0.01),
      maxMs: this.#max,
      meanMs: observedMs > 0 ? this.#squares / 2 / observedMs : 0,
    };
  }

  /** Σ max(0, busy − x) over all turns, those of a bucket being as long as their mean. Milliseconds. */
  beyond(x: number): number {
    let sum = 0;
    for (let bucket = bucketCount - 1; bucket >= 0; bucket--) {
      const own = this.#counts[bucket] as number;
      if (own === 0) continue;
      const further = (this.#sums[bucket] as number) - own * x;
      if (further <= 0) break;
      sum += further;
    }
    return sum;
  }

  /** The x for which Σ max(0, busy − x) is so many milliseconds, all turns of a bucket being as long as their mean. */
  #exceededBy(shareMs: number): number {
    let count = 0;
    let sum = 0;
    for (let bucket = bucketCount - 1; bucket >= 0; bucket--) {
      const own = this.#counts[bucket] as number;
      if (own === 0) continue;
      const mean = (this.#sums[bucket] as number) / own;
      if (count > 0 && sum - count * mean >= shareMs) break;
      count += own;
      sum += this.#sums[bucket] as number;
    }
    return count === 0 ? 0 : Math.max(0, (sum - shareMs) / count);
  }
}

function wordOf(value: number): number {
  bits.setFloat64(0, value);
  return bits.getUint32(0) >>> bitsBelow;
}
