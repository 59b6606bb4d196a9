// What thread and process executors have in common, for those who use them.
import type { ResourceRecord } from '../channels/resource.ts';
import type { ExecutorStatistics } from '../channels/statistics.ts';
import { startTask, type Task } from '../primitives/tasks/task.ts';
import { checkCount, checkName, checkOptions } from '../primitives/arguments.ts';
import { parentForNew } from '../runtime/context.ts';
import { isAsync, mapBounded, watched, type Items } from './bounded-map.ts';
import { codeOf, type Work } from './job-code.ts';
import type { Transferable } from './move.ts';
import type { CloseOptions } from './resource-pool.ts';

export interface ExecuteOptions {
  /** What reports and spans call the job. Default: the name of the function, its export or its file. */
  readonly name?: string;
  /** Cancels the job: its function is asked to end, and its worker is ended if it does not within the grace. */
  readonly signal?: AbortSignal;
  /** Buffers and ports somewhere in the arguments that are moved instead of copied. See `move`. */
  readonly transfer?: readonly Transferable[];
}

export interface MapOptions {
  /** What reports and spans call the jobs. */
  readonly name?: string;
  /** How many are given to the executor at a time. Default: as many as it has workers. */
  readonly concurrency?: number;
  /** Cancels all of it. */
  readonly signal?: AbortSignal;
}

/** Runs functions somewhere else. */
export interface Executor extends ResourceRecord, AsyncDisposable {
  readonly kind: 'executor';
  /**
   * Runs a function in a worker, once one is free.
   * @returns a task of what it returns
   * @throws ArgumentError for a function that cannot be sent, StateError after `close`, QueueFullError if too many wait
   */
  run<Args extends readonly unknown[], Value>(
    work: Work<Args, Value>,
    args?: Args,
    options?: ExecuteOptions,
  ): Task<Awaited<Value>>;
  /** Runs a function for each item. Resolves to the results in the order of the items; the first failure cancels the rest. */
  map<Item, Value>(
    work: Work<readonly [item: Item], Value>,
    items: Iterable<Item> | AsyncIterable<Item>,
    options?: MapOptions,
  ): Task<Awaited<Value>[]>;
  /** Takes no more jobs, waits until those that were given are done, and ends the workers. */
  close(options?: CloseOptions): Promise<void>;
  statistics(): ExecutorStatistics;
}

/** `map` of an executor that has `run`. */
export function mapIn<Item, Value>(
  executor: Executor,
  work: Work<readonly [item: Item], Value>,
  items: Items<Item>,
  options: MapOptions,
): Task<Awaited<Value>[]> {
  checkOptions(options);
  const { concurrency = executor.statistics().mostWorkers, signal } = options;
  checkCount(concurrency, 'concurrency', 1);
  const name = checkName(options.name, codeOf(work).name);
  const open = isAsync(items) ? (failed: AbortSignal) => watched(items, name, failed) : () => items;
  return startTask(
    'task',
    () => mapBounded(open, concurrency, (item) => executor.run<readonly [item: Item], Value>(work, [item], { name })),
    { name: `map ${name}`, ...(signal !== undefined && { signal }) },
    parentForNew(),
  );
}
