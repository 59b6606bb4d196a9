// A function with another in reserve. Ours, because it must be visible: the call is a task, and what failed stands below it.
import { outcomeOf } from '../errors.ts';
import { checkFunction, checkOptions } from '../primitives/arguments.ts';
import { runCall, type Call, type CallOptions } from './policy.ts';

export interface ShouldHandle {
  /** False for errors that are passed on. Default: the fallback is for all errors but cancellations. */
  readonly shouldHandle?: (error: unknown) => boolean;
}

export interface FallbackOptions extends CallOptions, ShouldHandle {}

/**
 * Calls `run`, and if it fails `fallback` with the error. A cancellation is no failure.
 * @example const prices = await withFallback(({ signal }) => fetchPrices(signal), () => lastPrices);
 * @throws ArgumentError if what is given is no function
 */
export function withFallback<Value>(
  run: (call: Call) => Value | PromiseLike<Value>,
  fallback: (error: unknown) => Value | PromiseLike<Value>,
  options: FallbackOptions = {},
): Promise<Value> {
  checkFunction(run, 'the function to call');
  checkFallback(fallback, options);
  return runCall(run, options, (call) => callOrFallback(() => run(call), fallback, options));
}

/** @throws ArgumentError */
export function checkFallback(fallback: unknown, options: ShouldHandle): void {
  checkFunction(fallback, 'fallback');
  checkOptions(options);
  if (options.shouldHandle !== undefined) checkFunction(options.shouldHandle, 'shouldHandle');
}

export async function callOrFallback<Value>(
  run: () => Value | PromiseLike<Value>,
  fallback: (error: unknown) => Value | PromiseLike<Value>,
  { shouldHandle }: ShouldHandle,
): Promise<Value> {
  try {
    return await run();
  } catch (error) {
    if (outcomeOf(error) === 'cancelled' || shouldHandle?.(error) === false) throw error;
    return fallback(error);
  }
}
