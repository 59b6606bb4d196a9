// What nobody can settle is garbage: the next collection takes a hung test's functions away, with the line that hangs. Here
// the promises that are made while a test runs are held until they settle, or no test runs.
import { promiseHooks } from 'node:v8';

/** So many at once: further ones are not held. */
const mostKept = 10_000;

const kept = new Set<object>();
let isWanted = false;
let isKeeping = false;

/**
 * Holds the pending promises of tests from now on. That costs some 0.1 µs a promise. A promise that has settled is not
 * held: tests of what the garbage collector takes see no difference.
 */
export function keepPromises(): void {
  if (isKeeping) return;
  isKeeping = true;
  promiseHooks.createHook({
    // Those that are made from others are held by them.
    init(promise, parent) {
      if (isWanted && parent === undefined && kept.size < mostKept) kept.add(promise);
    },
    settled(promise) {
      kept.delete(promise);
    },
  });
}

/** Whether a test runs, for whose sake promises are held. */
export function wantPromises(isAny: boolean): void {
  isWanted = isAny;
  if (!isAny && kept.size > 0) kept.clear();
}
