// The loop itself, as asyncio's: calls that are made later, which can be seen and cancelled until then.
import { ArgumentError } from '../errors.ts';
import { now } from '../runtime/clock.ts';
import { checkFunction, checkNumber } from './arguments.ts';
import { Callback } from './callback.ts';

/** Milliseconds on a clock that never goes back, with fractions: those since the process started. */
function time(): number {
  return now();
}

/**
 * Calls a function on the next turn of the loop, in order of asking: after the promises that are settled now, and after
 * input that is ready. What it throws is an uncaught exception, as from `setImmediate`.
 */
function callSoon<Arguments extends readonly unknown[]>(
  run: (...values: Arguments) => unknown,
  ...values: Arguments
): Callback<Arguments> {
  checkFunction(run, 'the function to call');
  return new Callback(null, run, values);
}

/**
 * Calls a function after a time, as `setTimeout`.
 * @example using timer = loop.callLater(5000, reportTimeout, order);
 * @param milliseconds at least 0; Infinity is never, and keeps no process alive
 */
function callLater<Arguments extends readonly unknown[]>(
  milliseconds: number,
  run: (...values: Arguments) => unknown,
  ...values: Arguments
): Callback<Arguments> {
  checkNumber(milliseconds, 'milliseconds', 0);
  checkFunction(run, 'the function to call');
  return new Callback(milliseconds, run, values);
}

/** Calls a function at a moment on the clock of `loop.time()`; as soon as possible if that has passed. */
function callAt<Arguments extends readonly unknown[]>(
  when: number,
  run: (...values: Arguments) => unknown,
  ...values: Arguments
): Callback<Arguments> {
  if (typeof when !== 'number' || Number.isNaN(when)) {
    throw new ArgumentError(`when must be a moment on the clock of loop.time(), got ${String(when)}`);
  }
  checkFunction(run, 'the function to call');
  return new Callback(Math.max(0, when - now()), run, values);
}

/** The event loop of this thread. */
export const loop = Object.freeze({ time, callSoon, callLater, callAt });
