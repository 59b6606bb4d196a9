// Which task runs now. One AsyncLocalStorage for the process: two copies of loopscope share it, and each further store
// would make every `run` slower.
import { AsyncLocalStorage, executionAsyncResource } from 'node:async_hooks';
import type { TaskRecord } from '../channels/task.ts';
import { now } from './clock.ts';

/** Wraps the run of a task's function, to make something else current in it too (an OpenTelemetry span). */
export type Around = <Result>(task: TaskRecord, run: () => Result) => Result;

interface Context {
  readonly storage: AsyncLocalStorage<TaskRecord>;
  /** Owns what waits and holds outside of all tasks. Never in a list, never settled. */
  readonly root: TaskRecord;
  lastId: number;
  around: Around | null;
}

// The number is the version of the records: copies that speak another one keep apart.
const key = Symbol.for('loopscope.context@1');
const context: Context = ((globalThis as Record<symbol, unknown>)[key] ??= {
  storage: new AsyncLocalStorage<TaskRecord>(),
  root: {
    id: 0,
    origin: { kind: 'task', name: '(main)', site: null },
    name: '(main)',
    parent: null,
    createdAt: now(),
    startedAt: null,
    settlement: null,
    waits: null,
    previous: null,
    next: null,
  },
  lastId: 0,
  around: null,
} satisfies Context) as Context;

/** Stands for everything that happens outside of tasks; its id is 0. */
export const rootTask: TaskRecord = context.root;

/** Ids count from 1 and are shared by tasks and resources. */
export function nextId(): number {
  return ++context.lastId;
}

/** The id that was given out last; 0 before the first. */
export function lastId(): number {
  return context.lastId;
}

/** The task that runs now, or null outside of tasks. */
export function currentTask(): TaskRecord | null {
  return context.storage.getStore() ?? null;
}

/** The task that runs now, or the root task. */
export function currentOrRoot(): TaskRecord {
  return context.storage.getStore() ?? context.root;
}

/** Calls `run(task, argument)` with `task` as the current task, through all that it awaits. */
export function runInTask<Argument, Result>(
  task: TaskRecord,
  run: (task: TaskRecord, argument: Argument) => Result,
  argument: Argument,
): Result {
  const { around, storage } = context;
  if (around === null) return storage.run(task, run, task, argument);
  return around(task, () => storage.run(task, run, task, argument));
}

/**
 * Makes a task the current one, or none, in code that makes `before` current again when it is done: `storage.run` without
 * its frames in the stacks of what is called. Must not be used where `hasAround` is true.
 * @returns the task that was current before
 */
export function switchTask(task: TaskRecord | undefined): TaskRecord | undefined {
  const before = context.storage.getStore();
  context.storage.enterWith(task as TaskRecord);
  return before;
}

/** Whether something wraps the run of every task. */
export function hasAround(): boolean {
  return context.around !== null;
}

/**
 * Makes a task the current one for the rest of the callback from Node's internals that runs now, and all that it begins:
 * for what hears of a callback and cannot call it.
 */
export function enterTask(task: TaskRecord): void {
  context.storage.enterWith(task);
}

/** Sets what wraps the run of every task; null takes it away. There is one at a time. */
export function setAround(around: Around | null): void {
  context.around = around;
}

/** The parent for a task that is created now. */
export function parentForNew(): TaskRecord | null {
  return context.storage.getStore() ?? null;
}

/**
 * Takes ancestors that settled earlier out of the line of a task that settles, so that a chain of tasks in which each
 * creates the next does not grow. `announceSettled` calls it, after the message.
 */
export function cutSettledParents(task: TaskRecord): void {
  while (task.parent !== null && task.parent.settlement !== null) task.parent = task.parent.parent;
}

// What Node calls the handler of a request from: that is the own code of the task which the request is.
const ofRequest = 'HTTPServerAsyncResource';

/** Whether a timer, a socket or the like called what runs now, in the context it inherited: a task's own code goes on in promises. */
export function isCallback(): boolean {
  const { constructor } = executionAsyncResource();
  return constructor !== Object && constructor !== Promise && constructor.name !== ofRequest;
}
