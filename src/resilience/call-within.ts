// A call that is given a time.
import { TimeoutError } from '../errors.ts';
import type { Task } from '../primitives/tasks/task.ts';
import { startTimer } from '../primitives/timer.ts';

/**
 * Calls a function of a task and gives it so long. Then the task is cancelled, so that its signal is aborted and its waits
 * end; but nobody waits for it to clean up, as the primitive `timeout` does: a policy promises when it is over at the latest.
 */
export async function callWithin<Value>(
  task: Task<Value>,
  milliseconds: number,
  what: string,
  run: () => Value | PromiseLike<Value>,
): Promise<Value> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = startTimer(milliseconds, () => {
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
