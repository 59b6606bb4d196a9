// A timer that may be longer than Node's, and a call that is given a time.
import { TimeoutError } from '../errors.ts';
import type { Task } from '../primitives/task.ts';

// The longest delay that timers know: with a longer one they fire at once.
const longestTimer = 2 ** 31 - 1;

/** Calls `ring` after a time, rounded up to whole milliseconds; never, if that is Infinity. Returns what stops it. */
export function startAlarm(milliseconds: number, ring: () => void): () => void {
  if (milliseconds === Infinity) return nothing;
  let timer: NodeJS.Timeout;
  const start = (left: number): void => {
    timer =
      left > longestTimer
        ? setTimeout(() => start(left - longestTimer), longestTimer)
        : setTimeout(ring, Math.ceil(left));
  };
  start(milliseconds);
  return () => clearTimeout(timer);
}

/**
 * Calls a function of a task and gives it so long. Then the task is cancelled, so that its signal is aborted and its waits
 * end, and nobody waits any longer for what does not listen to that.
 */
export async function callWithin<Value>(
  task: Task<Value>,
  milliseconds: number,
  what: string,
  run: () => Value | PromiseLike<Value>,
): Promise<Value> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = startAlarm(milliseconds, () => {
    const error = new TimeoutError(`${what} timed out after ${milliseconds} ms`);
    reject(error);
    task.cancel(error);
  });
  try {
    return await Promise.race([run(), promise]);
  } finally {
    stop();
  }
}

function nothing(): void {
  // there is no timer to stop
}
