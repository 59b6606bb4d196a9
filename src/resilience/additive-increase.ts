// Additive increase, multiplicative decrease (Chiu and Jain, 1989; RFC 5681 for TCP): one call more with each round trip, and a
// tenth less when there is a sign of overload, at most once in a round trip.
import { backoffRatio, within, type LimitAlgorithm, type LimitBounds, type LimitSample } from './limit-algorithm.ts';

export class AdditiveIncrease implements LimitAlgorithm {
  readonly #bounds: LimitBounds;
  /** Milliseconds that a call may take without being a sign of overload. */
  readonly #latencyMs: number;
  #decreasedAt = -Infinity;
  limit: number;

  constructor(initial: number, bounds: LimitBounds, latencyMs: number) {
    this.limit = within(initial, bounds);
    this.#bounds = bounds;
    this.#latencyMs = latencyMs;
  }

  add({ latencyMs, startedAt, inFlight, overloaded }: LimitSample, at: number): void {
    const { limit } = this;
    if (overloaded || latencyMs > this.#latencyMs) {
      // Calls that began before the last decrease tell of what it has cured.
      if (startedAt < this.#decreasedAt) return;
      this.#decreasedAt = at;
      this.limit = within(limit * backoffRatio, this.#bounds);
    } else if (inFlight * 2 >= limit && startedAt >= this.#decreasedAt) {
      // where the program needs less than half of it, nothing is known of more
      this.limit = within(limit + 1 / limit, this.#bounds);
    }
  }
}
