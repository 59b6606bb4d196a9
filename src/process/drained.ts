// Whether the loop of this thread ran empty: then nothing is left that could settle what is pending.
import { beforeEvent } from './events.ts';

const key = Symbol.for('loopscope.drained');
const slot = globalThis as Record<symbol, boolean | undefined>;

/** Begins to look. */
export function watchDrained(): void {
  beforeEvent('beforeExit', () => {
    slot[key] = true;
    // a listener of the program may give the loop work again; without any, this is never called
    setImmediate(() => (slot[key] = false)).unref();
  });
}

/** To be asked when the process exits. False where nobody looked, and after `process.exit()`. */
export function isDrained(): boolean {
  return slot[key] === true;
}
