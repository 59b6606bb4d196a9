// The timers of a pool.

// The longest delay that timers know: with a longer one they fire at once.
const longestTimer = 2 ** 31 - 1;

/** A timer that fires no later than timers can. */
export function timer(run: () => void, milliseconds: number): NodeJS.Timeout {
  return setTimeout(run, Math.min(milliseconds, longestTimer));
}

/** Ends something that takes too long. It keeps nobody alive. */
export function limitOf(milliseconds: number, end: () => void): NodeJS.Timeout | undefined {
  return milliseconds === Infinity ? undefined : timer(end, milliseconds).unref();
}
