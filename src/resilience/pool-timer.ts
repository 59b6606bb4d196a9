// The timers of a pool.
import { longestTimer } from '../primitives/timer.ts';

/** A timer that fires no later than timers can. */
export function timer(run: () => void, milliseconds: number): NodeJS.Timeout {
  return setTimeout(run, Math.min(milliseconds, longestTimer));
}

/** Ends something that takes too long. It keeps nobody alive. */
export function limitOf(milliseconds: number, end: () => void): NodeJS.Timeout | undefined {
  return milliseconds === Infinity ? undefined : timer(end, milliseconds).unref();
}
