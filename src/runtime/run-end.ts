// What is closed when a run ends: executors, pools, servers, generators. Each says so when it is made.
import type { TaskRecord } from '../channels/task.ts';
import { currentTask } from './context.ts';

/** Closes something; may be called when that is closed already. */
export type Close = () => unknown;

const closesOfRuns = new WeakMap<TaskRecord, Set<Close>>();
let runs = 0;

/** How many runs there were, and are. */
export function countRuns(): number {
  return runs;
}

/** `task` is the main task of a run from now on. */
export function beginRun(task: TaskRecord): void {
  closesOfRuns.set(task, new Set());
  runs++;
}

/** The main task of the run in which this is called; null outside of any. */
export function currentRun(): TaskRecord | null {
  let task = currentTask();
  while (task !== null && !closesOfRuns.has(task)) task = task.parent;
  return task;
}

/**
 * Calls `close`, and waits for what it returns, when the run in which this is called ends: after its tasks have, what was
 * registered last first. Outside of a run it does nothing.
 * @example onRunEnd(() => generator.return());
 * @returns what takes it back: for what is closed before; it may be called twice
 */
export function onRunEnd(close: Close): () => void {
  const run = currentRun();
  const closes = run === null ? undefined : closesOfRuns.get(run);
  if (closes === undefined) return () => {};
  const own: Close = () => close();
  closes.add(own);
  return () => void closes.delete(own);
}

/** Closes all that was registered, and what is registered meanwhile. Returns what failed. */
export async function closeRun(task: TaskRecord): Promise<unknown[]> {
  const failures: unknown[] = [];
  const closes = closesOfRuns.get(task) ?? new Set();
  for (let close = [...closes].at(-1); close !== undefined; close = [...closes].at(-1)) {
    closes.delete(close);
    try {
      await close();
    } catch (error) {
      failures.push(error);
    }
  }
  closesOfRuns.delete(task);
  return failures;
}
