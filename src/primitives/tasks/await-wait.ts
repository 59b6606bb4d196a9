// The wait for a task by another. A cancellation of the one that waits goes on to the one that is waited for, as in
// asyncio, unless somebody else waits for it too: then only this wait ends, and nobody loses what he waits for.
import type { Outcome, TaskRecord } from '../../channels/task.ts';
import { outcomeOf } from '../../errors.ts';
import { currentTask, rootTask } from '../../runtime/context.ts';
import { park, unpark } from '../../runtime/wait.ts';
import { noOptions, Waiter } from '../waiter.ts';

// Taken at import: fake timers are the program's.
const { setImmediate } = globalThis;

/** What such waits need of a task. */
export interface Awaitable extends TaskRecord {
  /** How many wait for it, once each time. */
  awaiters: number;
  /** False if the task was cancelled and cannot know: it was parked on nothing of ours, and nobody asked for its signal. */
  readonly notices: boolean;
  cancel(reason: unknown): boolean;
  observe(fulfilled: () => void, rejected: (error: unknown) => void): void;
}

/** `await task`. */
class AwaitWait<Value> extends Waiter<Value> {
  #cancellation: readonly [unknown] | null = null;

  constructor(task: Awaitable) {
    super('await', task, undefined, noOptions, null);
    task.awaiters++;
  }

  /** A task that declines a cancellation has the last word; one that did not notice it is no excuse. */
  override resolve(value: Value): void {
    if (this.#cancellation === null || (this.on as Awaitable).notices) super.resolve(value);
    else this.reject(this.#cancellation[0]);
  }

  override abort(reason: unknown, outcome: Outcome): void {
    this.#cancellation = [reason];
    const ended = cancelAwaited([this.on as Awaitable], this.task, reason);
    if (ended === null) this.#leave(reason, outcome);
    else void ended.then(() => this.#leave(reason, outcome));
  }

  /** The task is not waited for any more. Long over, where it has settled. */
  #leave(reason: unknown, outcome: Outcome): void {
    if (this.outcome !== null) return;
    (this.on as Awaitable).awaiters--;
    super.abort(reason, outcome);
  }
}

/**
 * `then` of a task that is pending.
 * @param settled the promise of the task
 */
export function awaitTask<Value, Fulfilled, Rejected>(
  task: Awaitable,
  settled: Promise<Value>,
  onFulfilled?: ((value: Value) => Fulfilled | PromiseLike<Fulfilled>) | null,
  onRejected?: ((reason: unknown) => Rejected | PromiseLike<Rejected>) | null,
): Promise<Fulfilled | Rejected> {
  const cancellation = currentTask()?.takeCancellation?.();
  const wait = new AwaitWait<Value>(task);
  const result = wait.promise.then(onFulfilled, onRejected);
  wait.result = result;
  if (cancellation !== undefined) wait.cancel?.(cancellation);
  settled.then(
    (value) => wait.resolve(value),
    (error: unknown) => wait.reject(error),
  );
  return result;
}

/**
 * Waits for a task as for a part of the one that waits: a cancellation of that one goes on to this one in any case.
 * @param result of the task
 */
export async function awaitAsPart<Value>(task: Awaitable, result: Promise<Value>): Promise<Value> {
  const cancellation = currentTask()?.takeCancellation?.();
  if (cancellation !== undefined) task.cancel(cancellation);
  const wait = park('await', task, (reason) => task.cancel(reason));
  try {
    const value = await result;
    unpark(wait);
    return value;
  } catch (error) {
    unpark(wait, outcomeOf(error));
    throw error;
  }
}

/**
 * Cancels those tasks that nobody but `awaiter` waits for.
 * @returns resolves when they have settled; null where there are none. What cannot know that it was cancelled, because it
 * awaits a foreign promise and never took its signal, has one turn of the loop to notice, and then is left behind.
 */
export function cancelAwaited(
  tasks: Iterable<Awaitable>,
  awaiter: TaskRecord,
  reason: unknown,
): Promise<unknown> | null {
  const ends: Promise<void>[] = [];
  for (const task of new Set(tasks)) {
    const isShared = task.awaiters > 1 && task.awaiters > waitsOf(awaiter, task);
    if (!isShared && task.cancel(reason)) ends.push(endOf(task));
  }
  return ends.length === 0 ? null : Promise.all(ends);
}

/** Resolves when a task that was cancelled has settled, or has not noticed within a turn of the loop. Never rejects. */
export async function endOf(task: Awaitable): Promise<void> {
  if (!task.notices) {
    await new Promise((resolve) => void setImmediate(resolve));
    if (!task.notices) return;
  }
  await new Promise<void>((resolve) => {
    const end = (): void => resolve();
    task.observe(end, end);
  });
}

/** How many of the waits of a task are for `on`. */
function waitsOf(task: TaskRecord, on: TaskRecord): number {
  if (task === rootTask) return 1; // many things at once, of which one waits here
  let count = 0;
  for (let { waits: wait } = task; wait !== null; wait = wait.older) {
    if (wait.on === on) count++;
    else if (wait.members != null) for (const member of wait.members.pending()) if (member.on === on) count++;
  }
  return count;
}
