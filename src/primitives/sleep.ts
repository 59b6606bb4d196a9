// A sleep that knows who sleeps, and ends when its task is cancelled.
import { checkNumber } from './arguments.ts';
import { throwIfEnded, Waiter } from './waiter.ts';

export interface SleepOptions<Value> {
  /** Ends the sleep with the signal's reason. */
  readonly signal?: AbortSignal;
  /** What the sleep resolves to. Default undefined. */
  readonly value?: Value;
}

// The longest delay that timers know: with a longer one they fire at once.
const longestTimer = 2 ** 31 - 1;

/**
 * Waits for a time.
 * @param milliseconds at least 0; Infinity sleeps until the signal or a cancellation ends it, and keeps no process alive
 */
export async function sleep<Value = undefined>(
  milliseconds: number,
  options: SleepOptions<Value> = {},
): Promise<Value> {
  checkNumber(milliseconds, 'milliseconds', 0);
  await pause('sleep', milliseconds, options);
  return options.value as Value;
}

/** A wait that ends by itself, of the kind that is named. */
export function pause(
  kind: 'sleep' | 'delay',
  milliseconds: number,
  options: { readonly signal?: AbortSignal },
): Promise<void> {
  throwIfEnded(options);
  const { signal } = options;
  let timer: NodeJS.Timeout | null = null;
  const waiter = new Waiter<void>(
    kind,
    null,
    undefined,
    signal === undefined ? {} : { signal },
    () => timer !== null && clearTimeout(timer),
    milliseconds,
  );
  const arm = (left: number): void => {
    timer =
      left > longestTimer
        ? setTimeout(arm, longestTimer, left - longestTimer)
        : setTimeout(() => waiter.resolve(), left);
  };
  if (milliseconds !== Infinity) arm(milliseconds);
  return waiter.promise;
}
