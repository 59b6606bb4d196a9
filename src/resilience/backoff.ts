// How long to wait before the next attempt: exponential backoff, of which a part is drawn at random.
import { ArgumentError } from '../errors.ts';
import { checkNumber } from '../primitives/arguments.ts';

export interface BackoffOptions {
  /** Milliseconds before the second attempt. Default 100. */
  readonly delay?: number;
  /** What each further delay is multiplied with. Default 2. */
  readonly factor?: number;
  /** The longest delay in milliseconds. Default 30,000. */
  readonly maxDelay?: number;
  /**
   * How much of a delay is drawn at random: 0 none, 1 all of it ("full jitter" of the AWS Architecture Blog, 2015).
   * Default 1.
   */
  readonly jitter?: number;
}

export type Backoff = Readonly<Required<BackoffOptions>>;

/** @throws ArgumentError if an option is out of range */
export function checkBackoff({ delay = 100, factor = 2, maxDelay = 30_000, jitter = 1 }: BackoffOptions): Backoff {
  checkNumber(delay, 'delay', 0);
  checkNumber(factor, 'factor', 1);
  checkNumber(maxDelay, 'maxDelay', 0);
  checkNumber(jitter, 'jitter', 0);
  if (jitter > 1) throw new ArgumentError(`jitter must be between 0 and 1, got ${jitter}`);
  return { delay, factor, maxDelay, jitter };
}

/** Milliseconds to wait after a failed attempt, the first of which is 1. */
export function delayAfter(attempt: number, { delay, factor, maxDelay, jitter }: Backoff): number {
  // no delay stays none, also when the factor has grown to Infinity
  const longest = delay === 0 ? 0 : Math.min(maxDelay, delay * factor ** (attempt - 1));
  return longest * (1 - jitter * Math.random());
}
