// A sleep that knows who sleeps, and ends when its task is cancelled.
import { checkNumber, checkOptions } from './arguments.ts';
import { noOptions, throwIfEnded, Waiter } from './waiter.ts';

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
export async function sleep<Value = undefined>(
  milliseconds: number,
  options: SleepOptions<Value> = {},
): Promise<Value> {
  checkNumber(milliseconds, 'milliseconds', 0);
  checkOptions(options);
  const { signal, value } = options;
  await pause('sleep', milliseconds, signal);
  return value as Value;
}

/** A wait that ends by itself, of the kind that is named. */
export function pause(kind: 'sleep' | 'delay', milliseconds: number, signal?: AbortSignal): Promise<void> {
  const options = signal === undefined ? noOptions : { signal };
  throwIfEnded(options);
  const waiter = new Waiter<void>(kind, null, undefined, options, null, milliseconds);
  waiter.after(milliseconds, () => waiter.resolve());
  return waiter.promise;
}
