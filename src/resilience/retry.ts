// A function that is called again when it fails. The operation is a task of kind `retry`, each attempt a task of kind
// `attempt` below it, so that a report says which attempt runs, what the last failed with and when the next starts.
import type { RetryProgress } from '../channels/task.ts';
import { ArgumentError, CancelledError } from '../errors.ts';
import { checkCount, checkFunction, checkName, checkNumber, checkOptions, nameOf } from '../primitives/arguments.ts';
import { pause } from '../primitives/sleep.ts';
import { startTask, type Task } from '../primitives/task.ts';
import { now } from '../runtime/clock.ts';
import { parentForNew } from '../runtime/context.ts';

export interface RetryOptions {
  /** What reports, spans and metrics call the operation. Default: the name of the function, or `retry`. */
  readonly name?: string;
  /** How often the function is called at most. Default 3; Infinity is allowed. */
  readonly attempts?: number;
  /** Milliseconds before the second attempt. Default 100. */
  readonly delay?: number;
  /** What each further delay is multiplied with. Default 2. */
  readonly factor?: number;
  /** The longest delay in milliseconds. Default 30,000. */
  readonly maxDelay?: number;
  /**
   * How much of a delay is drawn at random: 0 none, 1 all of it ("full jitter" of the AWS Architecture Blog, 2015).
   * Default 1.
   */
  readonly jitter?: number;
  /** False gives up at once: for errors that a further attempt cannot cure. Default: every error is retried. */
  readonly retryIf?: (error: unknown, attempt: number) => boolean;
  /** Cancels the operation. */
  readonly signal?: AbortSignal;
  /** Called before each attempt. */
  readonly onAttempt?: (attempt: number) => void;
}

/** What an attempt is told. */
export interface Attempt {
  /** Its number, from 1. */
  readonly attempt: number;
  /** Aborted when the operation is cancelled. */
  readonly signal: AbortSignal;
}

/**
 * Calls a function until it succeeds, with a growing delay between the attempts.
 * @example const rates = await retry(({ signal }) => fetch(url, { signal }), { name: 'rates', attempts: 5 });
 * @returns a task of what the function returned; it rejects with the error of the last attempt
 * @throws ArgumentError if an option is out of range
 */
export function retry<Value>(
  run: (attempt: Attempt) => Value | PromiseLike<Value>,
  options: RetryOptions = {},
): Task<Value> {
  checkFunction(run, 'the function to retry');
  checkOptions(options);
  const { attempts = 3, delay = 100, factor = 2, maxDelay = 30_000, jitter = 1, retryIf, onAttempt } = options;
  checkCount(attempts, 'attempts', 1);
  checkNumber(delay, 'delay', 0);
  checkNumber(factor, 'factor', 1);
  checkNumber(maxDelay, 'maxDelay', 0);
  checkNumber(jitter, 'jitter', 0);
  if (retryIf !== undefined) checkFunction(retryIf, 'retryIf');
  if (onAttempt !== undefined) checkFunction(onAttempt, 'onAttempt');
  if (jitter > 1) throw new ArgumentError(`jitter must be between 0 and 1, got ${jitter}`);
  const name = checkName(options.name, nameOf(run, 'retry'));
  const limit = attempts === Infinity ? null : attempts;

  async function operate(operation: Task<Value>): Promise<Value> {
    let lastError: unknown;
    for (let attempt = 1; ; attempt++) {
      operation.markProgress({ attempt, limit, lastError, nextAt: null });
      onAttempt?.(attempt);
      try {
        // A cancellation of the operation goes on to the attempt, which may clean up or decline.
        const called = startTask<Value>('attempt', ({ signal }) => run({ attempt, signal }), { name }, operation);
        return await called.awaitAsPart();
      } catch (error) {
        lastError = error;
        const cancelled = error instanceof CancelledError || operation.signal.aborted;
        if (cancelled || attempt >= attempts || retryIf?.(error, attempt) === false) throw error;
      }
      // no delay stays none, also when the factor has grown to Infinity
      const longest = delay === 0 ? 0 : Math.min(maxDelay, delay * factor ** (attempt - 1));
      const milliseconds = longest * (1 - jitter * Math.random());
      operation.markProgress({ attempt, limit, lastError, nextAt: now() + milliseconds } satisfies RetryProgress);
      await pause('delay', milliseconds);
    }
  }

  const { signal } = options;
  return startTask('retry', operate, signal === undefined ? { name } : { name, signal }, parentForNew());
}
