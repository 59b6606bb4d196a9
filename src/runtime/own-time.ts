// How long loopscope kept the loop from turning, such as while a report reads the memory of the process: no block of the
// program's.
import { now } from './clock.ts';

let sumMs = 0;

/** Runs what is ours, and notes how long it took. */
export function asOwnTime(act: () => void): void {
  const since = now();
  try {
    act();
  } finally {
    sumMs += now() - since;
  }
}

/** Milliseconds in all, in this thread. */
export function ownTimeMs(): number {
  return sumMs;
}
