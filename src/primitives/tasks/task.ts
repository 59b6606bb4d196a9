// Making tasks.
import type { TaskKind, TaskRecord } from '../../channels/task.ts';
import { currentTask, parentForNew } from '../../runtime/context.ts';
import { checkFunction, checkName, checkOptions, checkSignal, nameOf } from '../arguments.ts';
import { Task, type TaskFunction } from './task-class.ts';
import type { TaskOptions } from './task-options.ts';

export { currentTask, Task, type TaskFunction, type TaskOptions };

/**
 * Runs `run` as a named task.
 * @example const task = createTask(async ({ signal }) => fetch(url, { signal }), { name: 'load prices' });
 * @throws ArgumentError if `run` is no function or the name no string
 */
export function createTask<Value>(run: TaskFunction<Value>, options: TaskOptions = {}): Task<Value> {
  return startTask('task', run, options, parentForNew());
}

/** What `createTask`, task groups and retries stand on. */
export function startTask<Value>(
  kind: TaskKind,
  run: TaskFunction<Value>,
  options: TaskOptions,
  parent: TaskRecord | null,
): Task<Value> {
  // Before the task exists: one that could not be started would be pending for ever.
  checkFunction(run, 'the function of a task');
  checkOptions(options);
  if (options.signal !== undefined) checkSignal(options.signal);
  const name = options.name === undefined ? nameOf(run, kind) : checkName(options.name, kind);
  return new Task<Value>(kind, name, parent).start(run, options);
}
