// asyncio's run_in_executor: one function, elsewhere. Without an executor it runs in threads that all such calls share.
import type { Task } from '../primitives/tasks/task.ts';
import type { Executor } from './executor.ts';
import type { Work } from './job-code.ts';
import { onRunEnd } from '../runtime/run-end.ts';
import { ThreadExecutor } from './thread-executor.ts';

let shared: ThreadExecutor | null = null;

/**
 * Calls a function in a worker of an executor; null stands for threads that are started when they are first needed,
 * keep no process alive, and end with the `run` around the call.
 * @param work a function that uses nothing but its arguments, globals and what it imports itself, because its source is
 * sent; or a file, whose default export is called; or `{ file, export }`. It may return a promise
 * @returns a task of what the function returns; cancelling it ends the function, and if need be its worker
 * @throws ArgumentError for a function that cannot be sent
 * @example const hash = await runInExecutor(null, hashOf, move(bytes));
 */
export function runInExecutor<Args extends readonly unknown[], Value>(
  executor: Executor | null,
  work: Work<Args, Value>,
  ...args: Args
): Task<Awaited<Value>> {
  return (executor ?? (shared ??= makeShared())).run(work, args);
}

/** They end with the run in which they are made; the next call after it makes others. */
function makeShared(): ThreadExecutor {
  const made = new ThreadExecutor({ name: 'default threads' });
  onRunEnd(() => {
    shared = null;
    return made.close({ immediate: true });
  });
  return made;
}
