// Where a report finds what was measured of the loop of this thread.
import type { LoopSource } from '../report/build-loop.ts';

// Reports of all copies of loopscope in a process have it; the number is the version of what a report is built from.
const key = Symbol.for('loopscope.loop@1');
const slot = globalThis as Record<symbol, (() => LoopSource) | undefined>;

/** Sets what reads it. */
export function setLoopSource(read: () => LoopSource): void {
  slot[key] = read;
}

/** What was measured until now; null where nobody measures. */
export function loopSource(): LoopSource | null {
  return slot[key]?.() ?? null;
}
