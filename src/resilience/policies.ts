// What is done around a call, as policies for `compose`. Breakers, limiters, bulkheads, locks and semaphores are policies
// themselves.
import { checkNumber } from '../primitives/arguments.ts';
import { callWithin } from './call-within.ts';
import { callOrFallback, checkFallback, type ShouldHandle } from './fallback.ts';
import { runCall, type Policy } from './policy.ts';
import { prepareRetry, type RetryOptions } from './retry.ts';

/** Policies that keep no state of their own. */
export const policies = {
  /** Each call is a `retry` with these options. */
  retry(options: RetryOptions = {}): Policy {
    const start = prepareRetry<unknown>(options, 'retry');
    return {
      run: <Value>(run: () => Value | PromiseLike<Value>) => start(run) as PromiseLike<Value>,
    };
  },

  /**
   * A call that takes longer than so many milliseconds fails with a `TimeoutError` and its signal is aborted; nobody waits for
   * what ignores that.
   */
  timeout(milliseconds: number): Policy {
    checkNumber(milliseconds, 'milliseconds', 0);
    const named = { name: 'timeout' };
    return {
      run: <Value>(run: () => Value | PromiseLike<Value>) =>
        runCall<Value>(named, {}, (call) => callWithin(call, milliseconds, 'call', run)),
    };
  },

  /** The result of a call that fails is that of `fallback`. */
  fallback<Result>(fallback: (error: unknown) => Result | PromiseLike<Result>, options: ShouldHandle = {}): Policy {
    checkFallback(fallback, options);
    return {
      // What a fallback of a policy returns has to be fit for all functions that are called within it.
      run: <Value>(run: () => Value | PromiseLike<Value>) =>
        callOrFallback<Value>(run, fallback as unknown as (error: unknown) => Value, options),
    };
  },
} as const;
