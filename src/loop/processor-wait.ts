// How long this thread was ready to run while others had the processors: that looks like a blocked loop, and is none.
import { readFileSync } from 'node:fs';

/** Milliseconds since the thread began; null where the system does not say. Linux does. */
export function processorWait(): number | null {
  try {
    const [, nanoseconds] = readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ');
    const milliseconds = Number(nanoseconds) / 1e6;
    return Number.isFinite(milliseconds) ? milliseconds : null;
  } catch {
    return null;
  }
}
