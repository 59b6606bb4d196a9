// A task for each item, no more than so many at a time; the first that fails cancels the others.
import { ArgumentError } from '../errors.ts';
import { describe } from '../primitives/arguments.ts';
import { iterate } from '../primitives/iterate.ts';
import type { Task } from '../primitives/tasks/task.ts';
import { noOptions, throwIfEnded } from '../primitives/waiter.ts';

/** Items of either kind. */
export type Items<Item> = Iterable<Item> | AsyncIterable<Item>;

/** @throws ArgumentError if they cannot be iterated over */
export function isAsync<Item>(items: Items<Item>): items is AsyncIterable<Item> {
  const object = Object(items) as object;
  if (Symbol.asyncIterator in object) return true;
  if (Symbol.iterator in object) return false;
  throw new ArgumentError(`items must be an iterable or an async iterable, got ${describe(items)}`);
}

/** Async items so that a report shows who waits for the next, and a failure need not wait until it comes. */
export function watched<Item>(items: AsyncIterable<Item>, name: string, signal: AbortSignal): AsyncIterable<Item> {
  return iterate(items, { name: `items of ${name}`, signal });
}

/**
 * Called in the task that waits for all of it: a cancellation of that one goes on to those that run.
 * @param open is handed a signal that ends the wait for an item
 * @returns the results in the order of the items, once all that was begun has ended
 */
export async function mapBounded<Item, Value>(
  open: (signal: AbortSignal) => Items<Item>,
  concurrency: number,
  begin: (item: Item, index: number) => Task<Value>,
): Promise<Value[]> {
  const results: Value[] = [];
  const failures: unknown[] = [];
  const running = new Set<Task<Value>>();
  const failed = new AbortController();
  let wake: (() => void) | null = null;

  function fail(error: unknown): void {
    if (failures.push(error) > 1) return;
    for (const task of running) task.cancel(error);
    failed.abort(error);
  }
  async function follow(task: Task<Value>, index: number): Promise<void> {
    try {
      results[index] = await task.awaitAsPart();
    } catch (error) {
      fail(error);
    }
    running.delete(task);
    wake?.();
  }
  async function waitWhile(condition: () => boolean): Promise<void> {
    while (condition()) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }

  const items = open(failed.signal);
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  let isOver = false;
  try {
    for (let index = 0; failures.length === 0; index++) {
      throwIfEnded(noOptions);
      const step = iterator.next();
      const next = step instanceof Promise ? await step : step;
      isOver = next.done === true;
      if (next.done === true) break;
      const task = begin(next.value, index);
      running.add(task);
      void follow(task, index);
      await waitWhile(() => running.size >= concurrency);
    }
  } catch (error) {
    fail(error); // the source failed, or no task could be made, or all of it was cancelled
  }
  await waitWhile(() => running.size > 0);
  if (!isOver) await iterator.return?.();
  if (failures.length > 0) throw failures[0];
  return results;
}
