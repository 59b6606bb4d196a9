// Promise.all, race, any and allSettled whose waits can be seen: a report says which members are pending.
import { currentTask } from '../../runtime/context.ts';
import { attempt } from './attempt.ts';
import { JointWait, Members } from './joint-wait.ts';
import { toArray } from './members.ts';

/** Decides how the wait ends. */
type Settle<Result> = (wait: JointWait<Result>, members: Members) => Parameters<Members['follow']>[0];

/**
 * `Promise.all`, with its members in the report while they are pending. Cancelling the task that waits cancels the tasks
 * among them which nobody else awaits.
 */
export function all<const Given extends readonly unknown[]>(
  given: Given,
): Promise<{ -readonly [Index in keyof Given]: Awaited<Given[Index]> }>;
export function all<Value>(given: Iterable<Value>): Promise<Awaited<Value>[]>;
export function all(given: Iterable<unknown>): Promise<unknown[]> {
  return attempt(() => {
    const items = toArray('all', given);
    const results = new Array<unknown>(items.length);
    if (items.length === 0) return Promise.resolve(results);
    return join<unknown[]>('all', false, items, (wait, members) => (index, rejected, result) => {
      results[index] = result;
      if (rejected) wait.reject(result);
      else if (members.left === 0) wait.resolve(results);
    });
  });
}

/** `Promise.allSettled`, with its members in the report while they are pending, and cancelled like those of `all`. */
export function allSettled<const Given extends readonly unknown[]>(
  given: Given,
): Promise<{ -readonly [Index in keyof Given]: PromiseSettledResult<Awaited<Given[Index]>> }>;
export function allSettled<Value>(given: Iterable<Value>): Promise<PromiseSettledResult<Awaited<Value>>[]>;
export function allSettled(given: Iterable<unknown>): Promise<PromiseSettledResult<unknown>[]> {
  return attempt(() => {
    const items = toArray('allSettled', given);
    const results = new Array<PromiseSettledResult<unknown>>(items.length);
    if (items.length === 0) return Promise.resolve(results);
    return join<typeof results>('allSettled', false, items, (wait, members) => (index, rejected, result) => {
      results[index] = rejected ? { status: 'rejected', reason: result } : { status: 'fulfilled', value: result };
      if (members.left === 0) wait.resolve(results);
    });
  });
}

/**
 * `Promise.race`, with its members in the report while they are pending, and cancelled like those of `all`. Those that
 * lose go on. Of nothing it never ends, as `Promise.race`, but by a cancellation.
 */
export function race<Value>(given: Iterable<Value>): Promise<Awaited<Value>> {
  return attempt(() =>
    join<Awaited<Value>>('race', true, toArray('race', given), (wait) => (_index, rejected, result) => {
      if (rejected) wait.reject(result);
      else wait.resolve(result as Awaited<Value>);
    }),
  );
}

/** `Promise.any`, with its members in the report while they are pending, and cancelled like those of `all`. */
export function any<Value>(given: Iterable<Value>): Promise<Awaited<Value>> {
  return attempt(() => {
    const items = toArray('any', given);
    const errors = new Array<unknown>(items.length);
    const failed = (): AggregateError => new AggregateError(errors, 'All promises were rejected');
    if (items.length === 0) throw failed();
    return join<Awaited<Value>>('any', true, items, (wait, members) => (index, rejected, result) => {
      errors[index] = result;
      if (!rejected) wait.resolve(result as Awaited<Value>);
      else if (members.left === 0 && !wait.isEnding) wait.reject(failed());
    });
  });
}

function join<Result>(by: string, isAny: boolean, items: readonly unknown[], settle: Settle<Result>): Promise<Result> {
  const members = new Members(by, isAny, items);
  const cancellation = currentTask()?.takeCancellation?.();
  const wait = new JointWait<Result>(members, { kind: 'await', handsOn: true, cancellation });
  members.follow(settle(wait, members));
  return wait.promise;
}
