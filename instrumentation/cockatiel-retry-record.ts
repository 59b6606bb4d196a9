// The retry policy of cockatiel: each execution is a retry with its attempts, its last error and when it tries again.
import type { WaitRecord } from '../src/channels/wait.ts';
import { now } from '../src/runtime/clock.ts';
import { parentForNew } from '../src/runtime/context.ts';
import { park, unpark } from '../src/runtime/wait.ts';
import type { LibraryFile } from './hook-library.ts';
import { originAt } from './hook-origin.ts';
import { wrapFunction } from './patch.ts';
import { CallRecord, guard, runRecorded, type Callable } from './record.ts';

interface Execution {
  fn: Callable;
  readonly policy: { readonly options: { readonly maxAttempts: number } };
}

type Result = { readonly success: unknown } | { readonly error: unknown } | { readonly value: unknown };

/** One call of `execute`. */
class RetryExecution {
  readonly fn: Callable;
  readonly #record: CallRecord;
  #delay: WaitRecord | null = null;

  constructor({ fn, policy }: Execution) {
    const at = now();
    const retries = policy.options.maxAttempts;
    const limit = Number.isFinite(retries) ? retries + 1 : null;
    const progress = { attempt: 0, limit, lastError: undefined, nextAt: null };
    this.#record = new CallRecord(originAt('retry', 'cockatiel', fn, at), at, parentForNew(), true, progress);
    this.fn = wrapFunction(fn, (method, self, args) => {
      const attempt = guard(() => this.#begin(), null);
      return attempt === null
        ? Reflect.apply(method, self, args)
        : runRecorded(attempt, method, self, args, undefined, true);
    });
  }

  /** What an attempt came to, which the library awaits. */
  follow(invoked: PromiseLike<Result>): void {
    void invoked.then(
      (result) => {
        if ('success' in result) this.#record.settle(false);
        else this.#note({ lastError: errorOf(result) });
      },
      (error: unknown) => this.#record.settle(true, error), // the policy does not handle this error
    );
  }

  delay(milliseconds: number): void {
    this.#delay = park('delay', null, null, milliseconds, this.#record, this.#record.origin.site);
    this.#note({ nextAt: this.#delay.until });
  }

  giveUp(result: Result): void {
    if ('error' in result) this.#record.settle(true, result.error);
    else this.#record.settle(false);
  }

  #begin(): CallRecord {
    if (this.#delay !== null) unpark(this.#delay);
    this.#delay = null;
    const { progress, origin } = this.#record;
    this.#note({ attempt: (progress?.attempt ?? 0) + 1, nextAt: null });
    return new CallRecord({ ...origin, kind: 'attempt' }, now(), this.#record, true, this.#record.progress);
  }

  #note(change: Partial<NonNullable<CallRecord['progress']>>): void {
    if (this.#record.progress !== null) this.#record.progress = { ...this.#record.progress, ...change };
  }
}

/** A result that the policy does not accept is an error, too. */
function errorOf(result: Result): unknown {
  return 'error' in result ? result.error : new Error('the result is handled as a failure');
}

type Begun = RetryExecution | Execution;

export const cockatielRetry: LibraryFile = {
  path: ['dist/RetryPolicy.js', 'dist/esm/RetryPolicy.js'],
  edits: [
    {
      find: /\bconst factory = this\.options\.backoff \|\|/,
      replace: 'const execution = $call(begin, { fn, policy: this }); fn = execution.fn; $&',
    },
    {
      find: /\bconst result = await (this\.executor\.invoke\(fn, \{ attempt: retries, signal \}\));/,
      replace: 'const invoked = $1; $call(follow, execution, invoked); const result = await invoked;',
    },
    { find: /\bconst delayPromise = delay\(/, replace: '$call(delay, execution, delayDuration); $&' },
    { find: /\bthis\.onGiveUpEmitter\.emit\(result\);/, replace: '$call(giveUp, execution, result); $&' },
  ],
  calls: {
    begin: (execution: Execution) => (typeof execution.fn === 'function' ? new RetryExecution(execution) : undefined),
    follow(execution: Begun, _module, invoked: PromiseLike<Result>) {
      if (execution instanceof RetryExecution) execution.follow(invoked);
    },
    delay(execution: Begun, _module, milliseconds: number) {
      if (execution instanceof RetryExecution) execution.delay(milliseconds);
    },
    giveUp(execution: Begun, _module, result: Result) {
      if (execution instanceof RetryExecution) execution.giveUp(result);
    },
  },
};
