// One clock: monotonic milliseconds, anchored once to wall time. Node's own, and taken at import: nobody can fake it.
import { performance } from 'node:perf_hooks';

const { timeOrigin } = performance;

/** Milliseconds since the process (or worker thread) started, with fractions. */
export const now: () => number = performance.now.bind(performance);

/** The wall time of a moment on the runtime clock, in milliseconds since 1970. */
export function wallTime(at: number): number {
  return timeOrigin + at;
}
