// asyncio.run: the main function of a program, after which nothing of it is left.
import type { TaskRecord } from '../../channels/task.ts';
import { ArgumentError, CancelledError, StateError } from '../../errors.ts';
import { complain } from '../../runtime/complain.ts';
import { parentForNew } from '../../runtime/context.ts';
import { isDebugging, startDebug } from '../../runtime/debug.ts';
import { canListenFor, endBy, onInterrupt } from '../../runtime/interrupt.ts';
import { pendingTasks } from '../../runtime/pending.ts';
import { beginRun, closeRun, currentRun } from '../../runtime/run-end.ts';
import { checkFunction, checkName, checkOptions, checkSignal, describe, nameOf } from '../arguments.ts';
import { endOf } from './await-wait.ts';
import { Task, type TaskFunction } from './task.ts';

export interface RunOptions {
  /** What reports, spans and metrics call the main task. Default: the name of the function, or `main`. */
  readonly name?: string;
  /** Debug mode while it runs, as `LOOPSCOPE_DEBUG=1` has it for the whole process. Default false. */
  readonly debug?: boolean;
  /** Cancels the main task when it is aborted. */
  readonly signal?: AbortSignal;
  /**
   * Signals that cancel the main task instead of ending the process, such as `['SIGINT', 'SIGTERM']`. When all has been
   * cleaned up, and the main task was cancelled indeed, the process ends by that signal after all. A second one ends it at
   * once. Default none: Ctrl-C ends the process at once, as in any Node program.
   */
  readonly signals?: readonly NodeJS.Signals[];
}

/**
 * Runs the main function of a program as a task. When it has settled, the tasks that it left behind, and those of these,
 * are cancelled and waited for, and what was registered with `onRunEnd` is closed: executors, pools and streams do so
 * themselves.
 * @example await run(main, { signals: ['SIGINT', 'SIGTERM'] });
 * @returns what the function returned
 * @throws what it threw; else what the clean-up of a task that it left behind, or a close, threw. StateError inside of
 * another run, where `createTask` or a plain call is what is wanted
 */
export async function run<Value>(main: TaskFunction<Value>, options: RunOptions = {}): Promise<Value> {
  checkFunction(main, 'the function to run');
  checkOptions(options);
  const { signal, signals = [], debug = false } = options;
  if (signal !== undefined) checkSignal(signal);
  checkSignals(signals);
  const name = checkName(options.name, nameOf(main, 'main'));
  const outer = currentRun();
  if (outer !== null) {
    throw new StateError(
      `run(${name}) inside of run(${outer.origin.name}): a program has one; use createTask, or call it`,
    );
  }
  const stopDebug = debug ? startDebug() : null;
  const task = new Task<Value>('task', name, parentForNew());
  beginRun(task);
  const stopListening = onInterrupt(signals, (came) => task.cancel(came));
  try {
    task.start(main, signal === undefined ? {} : { signal });
    const result = await endWith(task);
    stopListening();
    return result;
  } catch (error) {
    const came = stopListening();
    if (came !== null && task.cancelled) endBy(came);
    throw error;
  } finally {
    stopDebug?.();
  }
}

/** The result of the main task, when nothing is left of what it began. */
async function endWith<Value>(task: Task<Value>): Promise<Value> {
  let result: Value;
  try {
    result = await task;
  } catch (error) {
    for (const failure of await clear(task)) complain(`something failed when run(${task.name}) ended`, failure);
    throw error;
  }
  const failures = await clear(task);
  if (failures.length === 0) return result;
  throw failures.length === 1
    ? failures[0]
    : new AggregateError(failures, `${failures.length} failures while run(${task.name}) ended`);
}

/** Ends what is left. Returns what failed meanwhile, and was told to nobody else. */
async function clear(task: Task): Promise<unknown[]> {
  const failures = await cancelRest(task);
  return [...failures, ...(await closeRun(task))];
}

/**
 * Cancels the pending tasks below a task, and those that they create meanwhile, and waits until they have settled.
 * Returns the errors of those that nobody awaits, as their clean-ups threw them.
 */
async function cancelRest(main: Task): Promise<unknown[]> {
  const known = new Set<TaskRecord>([main]);
  const failures: unknown[] = [];
  for (;;) {
    const left = pendingTasks().filter((task) => !known.has(task) && descends(task, known));
    if (left.length === 0) return failures;
    const cancelled: Task[] = [];
    for (const task of left) {
      known.add(task);
      if (!(task instanceof Task)) continue; // calls of functions that are not ours cannot be cancelled
      if (task.cancel(new CancelledError(`run(${main.name}) has ended`))) cancelled.push(task);
    }
    await Promise.all(cancelled.map(endOf));
    for (const task of cancelled) if (isUnseen(task)) failures.push(task.settlement?.error);
    const deaf = cancelled.filter(({ done }) => !done).map((task) => `${task.name} #${task.id}`);
    if (deaf.length > 0 && isDebugging()) {
      complain(
        `run(${main.name}) has ended, and left tasks behind that do not notice that they are cancelled: ${deaf.join(', ')}`,
      );
    }
  }
}

/** Whether a task failed, and neither a task that awaits it nor a group was told. */
function isUnseen({ settlement, awaiters, origin, parent }: Task): boolean {
  const hasFailed = settlement?.outcome === 'rejected' || settlement?.outcome === 'timed out';
  return hasFailed && awaiters === 0 && origin.kind !== 'group' && parent?.origin.kind !== 'group';
}

/** @throws ArgumentError if one is no signal that a process can listen for */
function checkSignals(signals: unknown): void {
  if (!Array.isArray(signals)) throw new ArgumentError(`signals must be an array, got ${describe(signals)}`);
  for (const signal of signals as unknown[]) {
    if (!canListenFor(signal))
      throw new ArgumentError(`signals must be names of signals that can be listened for, got ${describe(signal)}`);
  }
}

function descends(task: TaskRecord, from: ReadonlySet<TaskRecord>): boolean {
  for (let { parent } = task; parent !== null; parent = parent.parent) if (from.has(parent)) return true;
  return false;
}
