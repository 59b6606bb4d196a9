// Every error that loopscope throws at a caller, each with a code that stays the same.
import type { Outcome, TaskRecord } from './channels/task.ts';

/** The root of all errors of loopscope. Compare `code`, not the message. */
export class LoopscopeError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** `ERR_LOOPSCOPE_ARGUMENT`: an argument is of the wrong type or out of range. */
export class ArgumentError extends LoopscopeError {
  constructor(message: string) {
    super('ERR_LOOPSCOPE_ARGUMENT', message);
  }
}

/** `ERR_LOOPSCOPE_CANCELLED`: the task was cancelled. A cancellation is no failure. */
export class CancelledError extends LoopscopeError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_LOOPSCOPE_CANCELLED', message, options);
  }
}

/** `ERR_LOOPSCOPE_TIMEOUT`: a wait took longer than its `timeout`. */
export class TimeoutError extends LoopscopeError {
  constructor(message: string) {
    super('ERR_LOOPSCOPE_TIMEOUT', message);
  }
}

/** `ERR_LOOPSCOPE_QUEUE_FULL`: `putNowait` on a queue that is full. */
export class QueueFullError extends LoopscopeError {
  constructor(message: string) {
    super('ERR_LOOPSCOPE_QUEUE_FULL', message);
  }
}

/** `ERR_LOOPSCOPE_QUEUE_EMPTY`: `getNowait` on a queue that is empty. */
export class QueueEmptyError extends LoopscopeError {
  constructor(message: string) {
    super('ERR_LOOPSCOPE_QUEUE_EMPTY', message);
  }
}

/** `ERR_LOOPSCOPE_QUEUE_SHUT_DOWN`: the queue takes nothing more, or has nothing more to give. */
export class QueueShutDownError extends LoopscopeError {
  constructor(message: string) {
    super('ERR_LOOPSCOPE_QUEUE_SHUT_DOWN', message);
  }
}

/** `ERR_LOOPSCOPE_NOT_HOLDER`: a release by somebody who does not hold the lock. `holder` is who does, if anybody. */
export class NotHolderError extends LoopscopeError {
  readonly holder: TaskRecord | null;

  constructor(message: string, holder: TaskRecord | null) {
    super('ERR_LOOPSCOPE_NOT_HOLDER', message);
    this.holder = holder;
  }
}

/** `ERR_LOOPSCOPE_STATE`: the object is in a state in which this cannot be done. */
export class StateError extends LoopscopeError {
  constructor(message: string) {
    super('ERR_LOOPSCOPE_STATE', message);
  }
}

/** `ERR_LOOPSCOPE_USAGE`: the command line or an environment variable does not make sense. */
export class UsageError extends LoopscopeError {
  readonly exitCode: number;

  constructor(message: string, exitCode = 2) {
    super('ERR_LOOPSCOPE_USAGE', message);
    this.exitCode = exitCode;
  }
}

/** How something ended that was rejected with this. Foreign timeouts and cancellations go by the web platform's names. */
export function outcomeOf(error: unknown): Exclude<Outcome, 'fulfilled'> {
  if (error instanceof TimeoutError) return 'timed out';
  if (error instanceof CancelledError) return 'cancelled';
  let name: unknown;
  try {
    name = error instanceof Error ? error.name : undefined;
  } catch {
    // the error is the program's: reading it may run its code
  }
  if (name === 'TimeoutError') return 'timed out';
  return name === 'AbortError' ? 'cancelled' : 'rejected';
}
