// Calls the function of a task, now or on the next microtask, and tells the task when it starts and how it settles.
import type { TaskRecord } from '../../channels/task.ts';
import { currentTask, runInTask } from '../../runtime/context.ts';

/** What a task is told of its run. */
interface Run extends TaskRecord {
  takeCancellation(): unknown;
  markStarted(): void;
  markSettled(rejected: boolean, result: unknown): void;
}

/** Calls the function now. The task is the current one. */
export function call<Task extends Run, Value>(
  task: TaskRecord,
  run: (task: Task) => Value | PromiseLike<Value>,
): Promise<Value> {
  let result: Promise<Value>;
  try {
    result = Promise.resolve(run(task as Task));
  } catch (error) {
    (task as Task).markSettled(true, error);
    return Promise.reject(error);
  }
  // The two handlers are shared by all tasks: they find theirs in the context in which `then` was called, and so a
  // pending task needs no closures. A `then` of the promise's own might call them elsewhere; `await` ignores it, too.
  return Promise.prototype.then.call(result, fulfilled<Value>, rejected) as Promise<Value>;
}

/** Calls the function on the next microtask, unless the task was cancelled before. */
export async function callLater<Task extends Run, Value>(
  task: TaskRecord,
  run: (task: Task) => Value | PromiseLike<Value>,
): Promise<Value> {
  // oxlint-disable-next-line typescript/await-thenable -- one microtask is what is wanted
  await null;
  const own = task as Task;
  const cancellation = own.takeCancellation();
  if (cancellation !== undefined) {
    own.markSettled(true, cancellation);
    throw cancellation;
  }
  own.markStarted();
  return call(task, run);
}

/** Calls the function when the gate lets it. A gate that rejects ends the task. */
export async function callAfter<Task extends Run, Value>(
  task: TaskRecord,
  { gate, run }: { readonly gate: () => Promise<void>; readonly run: (task: Task) => Value | PromiseLike<Value> },
): Promise<Value> {
  const own = task as Task;
  try {
    await gate();
  } catch (error) {
    own.markSettled(true, error);
    throw error;
  }
  own.markStarted();
  // anew: a job that was given its turn may have another span
  return runInTask(task, call<Task, Value>, run);
}

function fulfilled<Value>(value: Value): Value {
  (currentTask() as Run).markSettled(false, value);
  return value;
}

function rejected(error: unknown): never {
  (currentTask() as Run).markSettled(true, error);
  throw error;
}
