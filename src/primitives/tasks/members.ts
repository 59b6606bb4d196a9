// What is given to gather, wait and the like: tasks, other promises, and functions, of which tasks are made.
import { ArgumentError } from '../../errors.ts';
import { describe, nameOf } from '../arguments.ts';
import { createTask, Task } from './task.ts';

/** A task, a promise, or a function that is run as a task. */
export type Member<Value = unknown> = PromiseLike<Value> | ((task: Task) => Value | PromiseLike<Value>);

/** What such a member stands for. */
export type MemberValue<Given> = Given extends (task: Task) => infer Returned ? Awaited<Returned> : Awaited<Given>;

/** A member as it is awaited, and handed back by `wait` and `asCompleted`: a task in the place of a function. */
export type Started<Given> = Given extends (task: Task) => unknown ? Task<MemberValue<Given>> : Given;

/**
 * The members in their order, functions as tasks.
 * @param eager whether these are called at once
 * @throws ArgumentError if it cannot be iterated, or one is nothing that can be awaited or called; then none was started
 */
export function startMembers(by: string, given: Iterable<Member>, eager = true): PromiseLike<unknown>[] {
  const members = toArray(by, given);
  for (const [index, member] of members.entries()) {
    if (typeof member === 'function' || isThenable(member)) continue;
    throw new ArgumentError(`${by} takes tasks, promises and functions, but [${index}] is ${describe(member)}`);
  }
  return members.map((member) =>
    typeof member === 'function' ? createTask(member, { eager, name: nameOf(member, by) }) : member,
  );
}

/** @throws ArgumentError if it cannot be iterated */
export function toArray<Item>(by: string, given: Iterable<Item>): Item[] {
  if (typeof given === 'object' && given !== null && Symbol.iterator in given) return [...given];
  throw new ArgumentError(`${by} takes an array or another iterable, got ${describe(given)}`);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    'then' in value &&
    typeof value.then === 'function'
  );
}

/** Calls one of the two when the member has settled. A task gets no edge by that, and no cancellation. */
export function observe(
  member: unknown,
  fulfilled: (value: unknown) => void,
  rejected: (error: unknown) => void,
  isRetrieved = true,
): void {
  if (member instanceof Task) member.observe(fulfilled, rejected, isRetrieved);
  else void Promise.resolve(member).then(fulfilled, rejected);
}
