// The wait for a task by another. A cancellation of the one that waits goes on to the one that is waited for, as in
// asyncio, unless somebody else waits for it too: then only this wait ends, and nobody loses what he waits for.
import type { Outcome, TaskRecord } from '../channels/task.ts';
import { outcomeOf } from '../errors.ts';
import { currentTask, rootTask } from '../runtime/context.ts';
import { park, unpark } from '../runtime/wait.ts';
import { noOptions, Waiter } from './waiter.ts';

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
export class AwaitWait<Value> extends Waiter<Value> {
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
    if (ended === null) super.abort(reason, outcome);
    else void ended.then(() => super.abort(reason, outcome)); // long over, where the task has settled
  }
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
  for (const task of tasks) {
    if (task.settlement !== null) continue;
    if (task.awaiters > 1 && task.awaiters > waitsOf(awaiter, task)) task.awaiters--;
    else if (task.cancel(reason)) ends.push(endOf(task));
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
