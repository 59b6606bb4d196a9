// A program that measures its own loop.
import { load } from '../runtime/load.ts';
import type { LoopMeter } from '../loop/meter.ts';

/**
 * Measures the event loop of this thread from its next turn on: delay, utilization, garbage collections. An idle loop is
 * not woken. Under `loopscope run` a program need not do this to see them in its reports.
 * @returns `statistics()`, a frozen snapshot, and `stop()`
 */
export function measureLoop(): LoopMeter {
  // Loaded now: a program that only imports loopscope does not pay for it.
  const { startMeter } = load(import.meta.url, '../loop/meter') as typeof import('../loop/meter.ts');
  return startMeter();
}
