// What adapts a limit of concurrency: it is told of every call, and says what the limit is.

/** A call that has settled, and says something on the load of what it called. */
export interface LimitSample {
  readonly latencyMs: number;
  /** When it began, milliseconds on the runtime clock. */
  readonly startedAt: number;
  /** How many calls were under way when it began, with itself. */
  readonly inFlight: number;
  /** It failed for overload: it was refused or timed out. */
  readonly overloaded: boolean;
}

export interface LimitAlgorithm {
  /** The limit now, with fractions. */
  readonly limit: number;
  add(sample: LimitSample, at: number): void;
}

export interface LimitBounds {
  readonly least: number;
  readonly most: number;
}

/** What a limit is multiplied with after an overload, as in Netflix's concurrency-limits. */
export const backoffRatio = 0.9;

export function within(limit: number, { least, most }: LimitBounds): number {
  return Math.max(least, Math.min(most, limit));
}
