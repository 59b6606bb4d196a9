// Many items a few at a time: in batches of a size.
import { CancelledError, StageError } from '../errors.ts';
import { checkCount, checkFunction, checkName, checkOptions, nameOf } from '../primitives/arguments.ts';
import { startTask, type Task } from '../primitives/tasks/task.ts';
import { parentForNew } from '../runtime/context.ts';
import { isAsync, mapBounded, watched, type Items } from './bounded-map.ts';

export interface BatchOptions {
  /** What reports and spans call it. Default: the name of the function, or `batch`. */
  readonly name?: string;
  /** How many items are in a batch; the last may have fewer. Default 100. */
  readonly size?: number;
  /** How many batches are worked on at a time. Default 1. */
  readonly concurrency?: number;
  /** Cancels all of it. */
  readonly signal?: AbortSignal;
}

/** What the function for a batch is told. */
export interface BatchContext {
  /** Which batch it is, from 0. */
  readonly index: number;
  /** Aborted when it is cancelled. */
  readonly signal: AbortSignal;
}

/**
 * Calls a function for each batch of items. The first that fails cancels the others, and is told by a `StageError`.
 * @returns a task of what the calls returned, in the order of the batches
 * @example await batch(users, (some) => database.insert(some), { size: 500, concurrency: 4 });
 * @throws ArgumentError if an option is of the wrong type or out of range
 */
export function batch<Item, Value>(
  items: Items<Item>,
  run: (items: readonly Item[], context: BatchContext) => Value | PromiseLike<Value>,
  options: BatchOptions = {},
): Task<Value[]> {
  checkFunction(run, 'the function for a batch');
  checkOptions(options);
  const { size = 100, concurrency = 1, signal } = options;
  checkCount(size, 'size', 1);
  checkCount(concurrency, 'concurrency', 1);
  const name = checkName(options.name, nameOf(run, 'batch'));

  function begin(some: readonly Item[], index: number): Task<Value> {
    const work = async ({ signal: cancelled }: Task<Value>): Promise<Value> => {
      try {
        return await run(some, { index, signal: cancelled });
      } catch (error) {
        if (error instanceof CancelledError) throw error;
        throw new StageError(name, index, some, error);
      }
    };
    return startTask('task', work, { name }, parentForNew());
  }

  const open = isAsync(items)
    ? (failed: AbortSignal) => cutAsync(watched(items, name, failed), size)
    : () => cut(items, size);
  return startTask(
    'task',
    () => mapBounded(open, concurrency, begin),
    { name: `batches of ${name}`, ...(signal !== undefined && { signal }) },
    parentForNew(),
  );
}

function* cut<Item>(items: Iterable<Item>, size: number): Generator<Item[], void> {
  let some: Item[] = [];
  for (const item of items) {
    if (some.push(item) < size) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
}

async function* cutAsync<Item>(items: AsyncIterable<Item>, size: number): AsyncGenerator<Item[], void> {
  let some: Item[] = [];
  for await (const item of items) {
    if (some.push(item) < size) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
}
