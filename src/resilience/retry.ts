// A function that is called again when it fails. Ours, because it must be visible: a report says which attempt of how many
// runs, what the last failed with and when the next starts, which no library for retries tells from outside.
import { checkCount, checkFunction, checkName, checkNumber, checkOptions, nameOf } from '../primitives/arguments.ts';
import type { Task } from '../primitives/tasks/task.ts';
import { ArgumentError } from '../errors.ts';
import { checkBackoff, type BackoffOptions } from './backoff.ts';
import { budgetOf, RetryBudget } from './retry-budget.ts';
import { startRetry, type Attempt, type RetryPlan, type RetrySettings } from './retry-operation.ts';

/** Options of a retry that say nothing on errors. */
export interface RetryCallOptions<Value = unknown> {
  /** What reports, spans and metrics call the operation. Default: the name of the function, or `retry`. */
  readonly name?: string;
  /**
   * Milliseconds for each attempt. One that takes longer fails with a `TimeoutError` and its signal is aborted; nobody waits
   * for what ignores that. Default: none.
   */
  readonly timeout?: number;
  /** Milliseconds for all attempts and delays; no attempt begins that would begin later. Default: none. */
  readonly totalTimeout?: number;
  /**
   * The longest delay that a server may ask for by `Retry-After`, in milliseconds: where it asks for less, the next attempt
   * is not before; where it asks for more, there is none. 0: it is not listened to. Default 60,000.
   */
  readonly maxRetryAfter?: number;
  /**
   * Caps the retries of all operations that share it: while many fail, further ones are not retried. True: that of all
   * operations of this name. Default: none.
   */
  readonly budget?: RetryBudget | boolean;
  /** True for a result that counts as a failure, such as a response with status 503; the last is returned as it is. */
  readonly retryResultIf?: (value: Value, attempt: number) => boolean;
  /** Cancels the operation. */
  readonly signal?: AbortSignal;
  /** Called before each attempt. */
  readonly onAttempt?: (attempt: number) => void;
}

export interface RetryOptions<Value = unknown> extends RetryCallOptions<Value>, BackoffOptions {
  /** How often the function is called at most. Default 3; Infinity is allowed. */
  readonly attempts?: number;
  /** False gives up at once: for errors that a further attempt cannot cure. Default: every error is retried. */
  readonly retryIf?: (error: unknown, attempt: number) => boolean;
}

/**
 * Calls a function until it succeeds, with a growing delay between the attempts.
 * @example const rates = await retry(({ signal }) => fetch(url, { signal }), { name: 'rates', attempts: 5 });
 * @returns a task of what the function returned; it rejects with the error of the last attempt, and `progress.gaveUp` says
 *   why there was no further one
 * @throws ArgumentError if an option is out of range
 */
export function retry<Value>(
  run: (attempt: Attempt) => Value | PromiseLike<Value>,
  options: RetryOptions<Value> = {},
): Task<Value> {
  checkFunction(run, 'the function to retry');
  return prepareRetry(options, nameOf(run, 'retry'))(run);
}

/** Checks the options once, for many calls. */
export function prepareRetry<Value>(
  options: RetryOptions<Value>,
  name: string,
): (run: (attempt: Attempt) => Value | PromiseLike<Value>) => Task<Value> {
  checkOptions(options);
  const plan = checkPlan(options);
  const settings = checkSettings(options, name);
  return (run) => startRetry(run, settings, plan);
}

/** The part of the options which says how to go on after an error. */
export function checkPlan(options: BackoffOptions & Pick<RetryOptions, 'attempts' | 'retryIf'>): RetryPlan {
  const { attempts = 3, retryIf } = options;
  checkCount(attempts, 'attempts', 1);
  const backoff = checkBackoff(options);
  if (retryIf !== undefined) checkFunction(retryIf, 'retryIf');
  return { attempts, backoff, retryIf };
}

export function checkSettings<Value>(options: RetryCallOptions<Value>, fallbackName: string): RetrySettings<Value> {
  const { timeout = Infinity, totalTimeout = Infinity, maxRetryAfter = 60_000 } = options;
  const { onAttempt, retryResultIf, budget = false, signal } = options;
  checkNumber(timeout, 'timeout', 0);
  checkNumber(totalTimeout, 'totalTimeout', 0);
  checkNumber(maxRetryAfter, 'maxRetryAfter', 0);
  if (onAttempt !== undefined) checkFunction(onAttempt, 'onAttempt');
  if (retryResultIf !== undefined) checkFunction(retryResultIf, 'retryResultIf');
  const name = checkName(options.name, fallbackName);
  return {
    name,
    timeout,
    totalTimeout,
    maxRetryAfter,
    budget: checkBudget(budget, name),
    onAttempt,
    retryResultIf,
    signal,
  };
}

function checkBudget(budget: unknown, name: string): RetryBudget | null {
  if (budget instanceof RetryBudget) return budget;
  if (typeof budget !== 'boolean')
    throw new ArgumentError('budget must be a RetryBudget, or true for that of the name');
  return budget ? budgetOf(name) : null;
}
