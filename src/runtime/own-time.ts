// How long loopscope kept the loop from turning, such as while a report reads the memory of the process: no block of the
// program's.
import { now } from './clock.ts';

let sumMs = 0;
let startedAt: number | null = null;

/** Runs what is ours, and notes how long it took. */
export function asOwnTime(act: () => void): void {
  if (startedAt !== null) return act();
  startedAt = now();
  try {
    act();
  } finally {
    sumMs = ownTimeMs();
    startedAt = null;
  }
}

/** Milliseconds in all, in this thread, until now. */
export function ownTimeMs(): number {
  return startedAt === null ? sumMs : sumMs + now() - startedAt;
}
