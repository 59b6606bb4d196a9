// The record of one call of a function that is not ours, and how its end is seen without changing what it returns.
import { types } from 'node:util';
import {
  taskCreated,
  taskStarted,
  type Origin,
  type RetryProgress,
  type Settlement,
  type TaskRecord,
} from '../src/channels/task.ts';
import type { WaitRecord } from '../src/channels/wait.ts';
import { outcomeOf } from '../src/errors.ts';
import { now } from '../src/runtime/clock.ts';
import { complain } from '../src/runtime/complain.ts';
import { hasAround, nextId, runInTask, switchTask } from '../src/runtime/context.ts';
import { announceSettled, fulfilment } from '../src/runtime/settle.ts';

/** Any function: what it takes and returns is passed on as it is. */
export type Callable = (...args: never[]) => unknown;

// taken before anybody patches it: a patched or overridden `then` may do more than tell when a promise settles
// oxlint-disable-next-line typescript/unbound-method -- it is only ever applied to a promise
const { then } = Promise.prototype;
let complained = false;

/** A task that stands for a call: nothing of what it runs is ours, so it can neither be awaited nor cancelled. */
export class CallRecord implements TaskRecord {
  readonly id: number = nextId();
  readonly origin: Origin;
  readonly createdAt: number;
  progress: RetryProgress | null;
  parent: TaskRecord | null;
  startedAt: number | null;
  settlement: Settlement | null = null;
  waits: WaitRecord | null = null;
  previous: TaskRecord | null = null;
  next: TaskRecord | null = null;

  /** @param at the runtime clock */
  constructor(
    origin: Origin,
    at: number,
    parent: TaskRecord | null,
    started = true,
    progress: RetryProgress | null = null,
  ) {
    this.origin = origin;
    this.createdAt = Math.floor(at);
    this.startedAt = started ? this.createdAt : null;
    this.parent = parent;
    this.progress = progress;
    if (taskCreated.hasSubscribers) taskCreated.publish(this);
  }

  get name(): string {
    return this.origin.name;
  }

  /** The function of a call that was queued is called now. */
  start(): void {
    this.startedAt = now();
    if (taskStarted.hasSubscribers) taskStarted.publish(this);
  }

  /** The call is over. Further calls do nothing. */
  settle(rejected: boolean, error?: unknown): void {
    if (this.settlement !== null) return;
    this.settlement = rejected ? { outcome: outcomeOf(error), error } : fulfilment;
    announceSettled(this);
  }
}

/**
 * Calls a function in the context of its record, which settles with it.
 * @param ended told the end before anybody else is
 * @param keep as of `follow`
 * @returns what `follow` makes of what the function returned; what it throws is thrown
 */
export function runRecorded(
  record: CallRecord,
  run: Callable,
  self: unknown,
  args: readonly unknown[],
  ended?: (rejected: boolean, error: unknown) => void,
  keep = false,
): unknown {
  const end = (rejected: boolean, error?: unknown): void => {
    try {
      ended?.(rejected, error);
      record.settle(rejected, error);
    } catch (failure) {
      complainOnce(failure);
    }
  };
  let result: unknown;
  try {
    // as `callInTask`, whose frame would be one more in each stack
    if (hasAround()) result = callInside(record, run, self, args);
    else {
      const before = switchTask(record);
      try {
        result = Reflect.apply(run, self, args);
      } finally {
        switchTask(before);
      }
    }
  } catch (error) {
    end(true, error);
    throw error;
  }
  return follow(
    result,
    (value) => {
      end(false);
      return value;
    },
    (error) => end(true, error),
    keep,
  );
}

/**
 * Calls a function in the context of a task. It adds one frame to the stacks of what is called: a stack ends after ten, and
 * those of the program are to be in it.
 */
export function callInTask(task: TaskRecord, run: Callable, self: unknown, args: readonly unknown[]): unknown {
  if (hasAround()) return callInside(task, run, self, args);
  const before = switchTask(task);
  try {
    return Reflect.apply(run, self, args);
  } finally {
    switchTask(before);
  }
}

/** What surrounds tasks may fail, and the function is called all the same. */
function callInside(task: TaskRecord, run: Callable, self: unknown, args: readonly unknown[]): unknown {
  let called = false;
  const call = (): unknown => {
    called = true;
    return Reflect.apply(run, self, args);
  };
  try {
    return runInTask(task, call, undefined);
  } catch (error) {
    if (called) throw error;
    complainOnce(error);
    return call();
  }
}

/**
 * Tells when a result settles: at once if it is no promise.
 *
 * Whoever looks at a promise handles its rejection, and then Node no longer reports one that nobody else handles. So a
 * plain promise is replaced by one derived from it, which rejects in its place. A promise that is more than that (a
 * subclass, or with members of its own, as execa's) must stay the object that it is: it is looked at, at the price of
 * that report. Any other thenable is let be, because `then` may be what starts it (knex), and counts as settled.
 * @param fulfilled returns what stands in the place of the value, if the promise is replaced
 * @param keep leaves even a plain promise as it is: for libraries which handle the promises that they return
 * @returns the result, or the derived promise
 */
export function follow(
  result: unknown,
  fulfilled: (value: unknown) => unknown,
  rejected: (error: unknown) => void,
  keep = false,
): unknown {
  if (!types.isPromise(result)) return guard(() => fulfilled(result), result);
  const onFulfilled = (value: unknown): unknown => guard(() => fulfilled(value), value);
  const onRejected = (error: unknown): void => guard(() => rejected(error), undefined);
  if (!keep && isPlain(result)) {
    return Reflect.apply(then, result, [
      onFulfilled,
      (error: unknown) => {
        onRejected(error);
        throw error;
      },
    ]);
  }
  try {
    // the value is not handed on: the promise that this makes belongs to nobody
    void Reflect.apply(then, result, [(value: unknown) => void onFulfilled(value), onRejected]);
  } catch {
    onRejected(undefined); // a subclass that cannot be derived from: its end cannot be seen
  }
  return result;
}

/** Does our part of a call; if it fails, says so once and goes on with `otherwise`. */
export function guard<Value>(bookkeeping: () => Value, otherwise: Value): Value {
  try {
    return bookkeeping();
  } catch (error) {
    complainOnce(error);
    return otherwise;
  }
}

/** Says once per process that our part of a call failed: the call goes on without it. */
export function complainOnce(error: unknown): void {
  if (complained) return;
  complained = true;
  complain('a wrapped object is no longer fully visible', error);
}

/** Whether there is nothing to a promise but its settling. Symbols do not count: Node marks promises with some of its own. */
function isPlain(promise: Promise<unknown>): boolean {
  return Object.getPrototypeOf(promise) === Promise.prototype && Object.getOwnPropertyNames(promise).length === 0;
}
