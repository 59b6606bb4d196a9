// Functions for tasks that end in a known way after a known time, with fake timers, and what became of promises.
import { vi } from 'vitest';
import { sleep } from '../../src/index.ts';

/** Resolves to `value` after so many milliseconds. */
export function after<Value>(milliseconds: number, value: Value): () => Promise<Value> {
  return async () => sleep(milliseconds, { value });
}

/** Fails with an error of this message after so many milliseconds. */
export function failAfter(milliseconds: number, message: string): () => Promise<never> {
  return async () => {
    await sleep(milliseconds);
    throw new Error(message);
  };
}

/** Never ends by itself, and does not notice a cancellation: a foreign promise. */
export function never(): Promise<never> {
  return new Promise(() => {});
}

const releases: (() => void)[] = [];

/** The function of a task that does not notice a cancellation. It ends when `releaseDeaf` is called. */
export function deaf(): Promise<void> {
  return new Promise((resolve) => void releases.push(resolve));
}

/** Ends what is deaf, so that no test leaves anything behind. */
export function releaseDeaf(): void {
  for (const release of releases.splice(0)) release();
}

/** What a promise came to, in one line: `value 1`, `Error: no`, `CancelledError`, `TimeoutError: …`, or `pending`. */
export function follow(promise: PromiseLike<unknown>): { outcome: string } {
  const followed = { outcome: 'pending' };
  promise.then(
    (value) => void (followed.outcome = `value ${JSON.stringify(value)}`),
    (error: unknown) => void (followed.outcome = words(error)),
  );
  return followed;
}

/** An error in one line; of a cancellation its name alone. */
export function words(error: unknown): string {
  if (!(error instanceof Error)) return `thrown ${JSON.stringify(error)}`;
  return error.name === 'CancelledError' ? error.name : `${error.name}: ${error.message}`;
}

/** Lets so much time pass, with all microtasks in between, and a real turn of the loop after it. */
export async function pass(milliseconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(milliseconds);
  await new Promise((resolve) => void realImmediate(resolve));
}

const { setImmediate: realImmediate } = globalThis;
