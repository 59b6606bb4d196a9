// One retried operation: a task of kind `retry`, each attempt a task of kind `attempt` below it, so that a report says
// which attempt runs, what the last failed with and when the next starts.
import type { GiveUpReason, RetryProgress } from '../channels/task.ts';
import { CancelledError } from '../errors.ts';
import { pause } from '../primitives/tasks/sleep.ts';
import { startTask, type Task } from '../primitives/tasks/task.ts';
import { now } from '../runtime/clock.ts';
import { parentForNew } from '../runtime/context.ts';
import { callWithin } from './call-within.ts';
import { delayAfter, type Backoff } from './backoff.ts';
import { retryAfterOf } from './retry-after.ts';
import type { RetryBudget } from './retry-budget.ts';

/** What an attempt is told. */
export interface Attempt {
  /** Its number, from 1. */
  readonly attempt: number;
  /** Aborted when the operation is cancelled, or the attempt has taken too long. */
  readonly signal: AbortSignal;
}

/** How to go on after an error. */
export interface RetryPlan {
  /** How many attempts there are at most. */
  readonly attempts: number;
  readonly backoff: Backoff;
  readonly retryIf: ((error: unknown, attempt: number) => boolean) | undefined;
}

/** What is the same for all attempts, checked. */
export interface RetrySettings<Value> {
  readonly name: string;
  readonly timeout: number;
  readonly totalTimeout: number;
  readonly maxRetryAfter: number;
  readonly budget: RetryBudget | null;
  readonly onAttempt: ((attempt: number) => void) | undefined;
  readonly retryResultIf: ((value: Value, attempt: number) => boolean) | undefined;
  readonly signal: AbortSignal | undefined;
}

/** @param planFor how to go on after an error, where that is not the same for all */
export function startRetry<Value>(
  run: (attempt: Attempt) => Value | PromiseLike<Value>,
  settings: RetrySettings<Value>,
  plan: RetryPlan,
  planFor?: (error: unknown) => RetryPlan,
): Task<Value> {
  const { name, signal, totalTimeout } = settings;
  function start(task: Task<Value>): Promise<Value> {
    const operation = new Operation(task, run, settings, plan, planFor);
    return totalTimeout === Infinity ? operation.run() : operation.runWithin(totalTimeout);
  }
  return startTask('retry', start, signal === undefined ? { name } : { name, signal }, parentForNew());
}

class Operation<Value> {
  readonly #task: Task<Value>;
  readonly #run: (attempt: Attempt) => Value | PromiseLike<Value>;
  readonly #settings: RetrySettings<Value>;
  readonly #planFor: ((error: unknown) => RetryPlan) | undefined;
  #plan: RetryPlan;
  #attempt = 0;
  #lastError: unknown;
  #deadline = Infinity;
  #ended = false;

  constructor(
    task: Task<Value>,
    run: (attempt: Attempt) => Value | PromiseLike<Value>,
    settings: RetrySettings<Value>,
    plan: RetryPlan,
    planFor: ((error: unknown) => RetryPlan) | undefined,
  ) {
    this.#task = task;
    this.#run = run;
    this.#settings = settings;
    this.#plan = plan;
    this.#planFor = planFor;
  }

  async runWithin(totalTimeout: number): Promise<Value> {
    this.#deadline = now() + totalTimeout;
    try {
      return await callWithin(this.#task, totalTimeout, `retry ${this.#settings.name}`, async () => {
        try {
          return await this.run();
        } finally {
          this.#ended = true;
        }
      });
    } catch (error) {
      if (!this.#ended) this.#mark(null, 'total timeout');
      this.#ended = true; // what is cancelled now says nothing more
      throw error;
    }
  }

  async run(): Promise<Value> {
    const { onAttempt, retryResultIf, budget } = this.#settings;
    for (;;) {
      this.#attempt++;
      this.#mark(null);
      onAttempt?.(this.#attempt);
      let failure: unknown;
      let value: Value | undefined;
      let rejected = false;
      try {
        // A cancellation of the operation goes on to the attempt, which may clean up or decline.
        value = await this.#startAttempt().awaitAsPart();
        if (retryResultIf?.(value, this.#attempt) !== true) {
          budget?.succeeded();
          return value;
        }
        failure = value;
        this.#lastError = unwanted(value);
      } catch (error) {
        rejected = true;
        failure = error;
        this.#lastError = error;
      }
      const delay = this.#delayAfter(failure, rejected);
      if (typeof delay === 'string') {
        this.#mark(null, delay);
        if (rejected) throw failure;
        return value as Value;
      }
      this.#mark(now() + delay);
      await this.#pause(delay);
    }
  }

  #startAttempt(): Task<Value> {
    const { name, timeout } = this.#settings;
    const attempt = this.#attempt;
    return startTask<Value>(
      'attempt',
      (task) => {
        const call = new AttemptCall(attempt, task);
        if (timeout === Infinity) return this.#run(call);
        return callWithin(task, timeout, `attempt ${attempt} of ${name}`, () => this.#run(call));
      },
      { name },
      this.#task,
    );
  }

  /** Milliseconds until the next attempt, or why there is none. */
  #delayAfter(failure: unknown, rejected: boolean): number | GiveUpReason {
    const { budget, maxRetryAfter } = this.#settings;
    if ((rejected && failure instanceof CancelledError) || this.#task.cancelRequest !== null) return 'cancelled';
    if (rejected && this.#planFor !== undefined) this.#plan = this.#planFor(failure);
    const { attempts, backoff, retryIf } = this.#plan;
    budget?.failed();
    if (this.#attempt >= attempts) return 'attempts';
    if (rejected && retryIf?.(failure, this.#attempt) === false) return 'retryIf';
    if (budget?.permits() === false) return 'budget';
    const asked = maxRetryAfter === 0 ? 0 : (retryAfterOf(failure) ?? 0);
    if (asked > maxRetryAfter) return 'retry-after';
    const delay = Math.max(asked, delayAfter(this.#attempt, backoff));
    return now() + delay > this.#deadline ? 'total timeout' : delay;
  }

  async #pause(milliseconds: number): Promise<void> {
    try {
      await pause('delay', milliseconds);
    } catch (error) {
      this.#mark(null, 'cancelled');
      throw error;
    }
  }

  #mark(nextAt: number | null, gaveUp?: GiveUpReason): void {
    if (this.#ended) return;
    const limit = this.#plan.attempts === Infinity ? null : this.#plan.attempts;
    const progress: RetryProgress = { attempt: this.#attempt, limit, lastError: this.#lastError, nextAt };
    this.#task.markProgress(gaveUp === undefined ? progress : { ...progress, gaveUp });
  }
}

/** The signal is made when it is asked for: most functions never do. */
class AttemptCall implements Attempt {
  readonly attempt: number;
  readonly #task: { readonly signal: AbortSignal };

  constructor(attempt: number, task: { readonly signal: AbortSignal }) {
    this.attempt = attempt;
    this.#task = task;
  }

  get signal(): AbortSignal {
    return this.#task.signal;
  }
}

/** What a report says of a result that is not accepted. */
function unwanted(value: unknown): string {
  const status = (value as { readonly status?: unknown } | null | undefined)?.status;
  return typeof status === 'number' ? `HTTP status ${status}` : 'a result that retryResultIf does not accept';
}
