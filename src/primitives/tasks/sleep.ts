// A sleep that knows who sleeps, and ends when its task is cancelled.
import { checkNumber, checkOptions } from '../arguments.ts';
import { attempt } from './attempt.ts';
import { noOptions, throwIfEnded, Waiter } from '../waiter.ts';

export interface SleepOptions<Value> {
  /** Ends the sleep with the signal's reason. */
  readonly signal?: AbortSignal;
  /** What the sleep resolves to. Default undefined. */
  readonly value?: Value;
}

/**
 * Waits for a time.
 * @param milliseconds at least 0; Infinity sleeps until the signal or a cancellation ends it, and keeps no process alive
 */
export function sleep<Value = undefined>(milliseconds: number, options: SleepOptions<Value> = {}): Promise<Value> {
  return attempt(() => {
    checkNumber(milliseconds, 'milliseconds', 0);
    checkOptions(options);
    const { signal, value } = options;
    return pause('sleep', milliseconds, signal, value as Value);
  });
}

/** A wait that ends by itself, of the kind that is named. */
export function pause<Value = undefined>(
  kind: 'sleep' | 'delay',
  milliseconds: number,
  signal?: AbortSignal,
  value?: Value,
): Promise<Value> {
  const options = signal === undefined ? noOptions : { signal };
  throwIfEnded(options);
  const waiter = new Waiter<Value>(kind, null, undefined, options, null, milliseconds);
  waiter.after(milliseconds, () => waiter.resolve(value as Value));
  return waiter.promise;
}
