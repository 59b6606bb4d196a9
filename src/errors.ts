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

/** `ERR_LOOPSCOPE_PENDING`: `expectNoPending` found what had not gone away in time; the message lists it. */
export class PendingError extends LoopscopeError {
  constructor(message: string) {
    super('ERR_LOOPSCOPE_PENDING', message);
  }
}

/** `ERR_LOOPSCOPE_TIMEOUT`: a wait took longer than its `timeout`. */
export class TimeoutError extends LoopscopeError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_LOOPSCOPE_TIMEOUT', message, options);
  }
}

/** `ERR_LOOPSCOPE_QUEUE_FULL`: `putNowait` on a queue that is full, or a job for an executor whose line is full. */
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

/** `ERR_LOOPSCOPE_BROKEN_BARRIER`: the barrier is broken, or was aborted or reset while somebody waited. */
export class BrokenBarrierError extends LoopscopeError {
  constructor(message: string) {
    super('ERR_LOOPSCOPE_BROKEN_BARRIER', message);
  }
}

/** `ERR_LOOPSCOPE_STATE`: the object is in a state in which this cannot be done. */
export class StateError extends LoopscopeError {
  constructor(message: string) {
    super('ERR_LOOPSCOPE_STATE', message);
  }
}

/**
 * `ERR_LOOPSCOPE_EXECUTOR_CRASHED`: the thread or process that ran the job ended before the job did. Its exit code, or the
 * signal that killed it; both null where neither is known. What it threw, if anything, is the `cause`.
 */
export class ExecutorCrashedError extends LoopscopeError {
  readonly exitCode: number | null;
  readonly signal: string | null;

  constructor(message: string, { exitCode = null, signal = null, ...options }: ErrorOptions & CrashDetails = {}) {
    super('ERR_LOOPSCOPE_EXECUTOR_CRASHED', message, options);
    this.exitCode = exitCode;
    this.signal = signal;
  }
}

interface CrashDetails {
  readonly exitCode?: number | null;
  readonly signal?: string | null;
}

/** `ERR_LOOPSCOPE_STAGE`: a stage of a pipeline, or a batch, failed. Its error is the `cause`. */
export class StageError extends LoopscopeError {
  /** The name of the stage. */
  readonly stage: string;
  /** Which item of the source it was, from 0; of batches, which batch. */
  readonly index: number;
  /** What the stage was given. */
  readonly item: unknown;

  constructor(stage: string, index: number, item: unknown, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : typeof cause;
    super('ERR_LOOPSCOPE_STAGE', `${stage} failed at item ${index}: ${reason}`, { cause });
    this.stage = stage;
    this.index = index;
    this.item = item;
  }
}

/** What refuses a call at once, and when it will not. `retry` waits as long. */
abstract class RefusedError extends LoopscopeError {
  /** Milliseconds until it is worth asking again; null where nobody knows. */
  readonly nextInMs: number | null;

  constructor(code: string, message: string, nextInMs: number | null) {
    super(code, message);
    this.nextInMs = nextInMs;
  }
}

/** `ERR_LOOPSCOPE_BREAKER_OPEN`: a circuit breaker refuses a call. `cause` is the failure that opened it. */
export class BreakerOpenError extends RefusedError {
  constructor(message: string, nextInMs: number | null, cause: unknown) {
    super('ERR_LOOPSCOPE_BREAKER_OPEN', message, nextInMs);
    if (cause !== undefined) this.cause = cause;
  }
}

/** `ERR_LOOPSCOPE_LIMIT`: a limiter or bulkhead is at its limit, and as many wait already as may. */
export class LimitError extends RefusedError {
  constructor(message: string, nextInMs: number | null = null) {
    super('ERR_LOOPSCOPE_LIMIT', message, nextInMs);
  }
}

/** `ERR_LOOPSCOPE_INCOMPLETE_READ`: a stream ended before what was asked for had arrived. */
export class IncompleteReadError extends LoopscopeError {
  /** What had arrived. */
  readonly partial: Buffer;
  /** How many bytes were asked for; null where a separator was. */
  readonly expected: number | null;

  constructor(message: string, partial: Buffer, expected: number | null) {
    super('ERR_LOOPSCOPE_INCOMPLETE_READ', message);
    this.partial = partial;
    this.expected = expected;
  }
}

/** `ERR_LOOPSCOPE_LIMIT_OVERRUN`: no separator within the limit of a stream. Nothing was taken out of its buffer. */
export class LimitOverrunError extends LoopscopeError {
  /** How many bytes of the buffer are no part of a separator. */
  readonly consumed: number;

  constructor(message: string, consumed: number) {
    super('ERR_LOOPSCOPE_LIMIT_OVERRUN', message);
    this.consumed = consumed;
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
    // by its shape: an error may be of another realm, as those of Node are in a test runner's vm context
    name = typeof error === 'object' && error !== null && 'name' in error ? error.name : undefined;
  } catch {
    // the error is the program's: reading it may run its code
  }
  if (name === 'TimeoutError') return 'timed out';
  return name === 'AbortError' ? 'cancelled' : 'rejected';
}
