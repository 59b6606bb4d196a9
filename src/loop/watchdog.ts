// The watchdog of this thread: one, however many ask for it and however many copies of loopscope there are.
import type { BlockRecord } from '../channels/loop.ts';
import { isTestParent } from '../runtime/test-parent.ts';
import { LoopGuard, type StuckHandling } from './loop-guard.ts';

export interface WatchdogOptions {
  /** Turns that take longer are blocks. Milliseconds, default 100, at least 10. */
  readonly thresholdMs?: number;
  /** What to do about a loop that does not return; the first who starts the watchdog says. Default: nothing. */
  readonly stuck?: StuckHandling;
}

/** What runs while a loop is watched. */
export interface Watchdog {
  /** The block in which this is called, from an interrupt: it has not ended. Null while the loop turns. */
  current(): BlockRecord | null;
  /**
   * The process is about to end: publishes the block that its end cuts off, and closes the session of the inspector,
   * for which Node would wait, and say so.
   */
  leave(): void;
  /** Reports a loop that does not return for so long, unless whoever started it said when. Milliseconds. */
  reportStuckAfter(milliseconds: number): void;
  /** Ends it, unless others want it too. May be called twice. */
  stop(): void;
}

const leastThresholdMs = 10;
// The number is the version of the records.
const key = Symbol.for('loopscope.watchdog@1');
const slot = globalThis as Record<symbol, Running | undefined>;

interface Running {
  readonly guard: LoopGuard;
  /** The threshold of each who wants it. */
  readonly thresholds: Map<object, number>;
}

/** The threshold of whoever watches the loop of this thread, in milliseconds, and the block in which this is called. */
export function watchedLoop(): { readonly thresholdMs: number | null; readonly current: BlockRecord | null } {
  const guard = slot[key]?.guard;
  return { thresholdMs: guard?.thresholdMs ?? null, current: guard?.current() ?? null };
}

/** Calls what blocks the loop for loopscope's own sake, such as a long report: the watchdog lets it be. */
export function excuseBlock<Result>(act: () => Result): Result {
  const running = slot[key];
  return running === undefined ? act() : running.guard.excuse(act);
}

/**
 * Watches the loop of this thread; blocks are published on `loopBlocked`. Where the inspector or threads are not permitted,
 * that is said in one line, and blocks are published without their culprits. If several ask, the smallest threshold is that
 * of all. In the process of `node --test` that starts the others it does nothing.
 */
export function startWatchdog({ thresholdMs = 100, stuck }: WatchdogOptions = {}): Watchdog {
  if (isTestParent()) return { current: () => null, leave() {}, reportStuckAfter() {}, stop() {} };
  const threshold = Math.max(leastThresholdMs, thresholdMs);
  const running = (slot[key] ??= { guard: new LoopGuard(threshold, stuck ?? null), thresholds: new Map() });
  const { guard, thresholds } = running;
  const watchdog: Watchdog = {
    current: () => guard.current(),
    leave: () => guard.leave(),
    reportStuckAfter: (milliseconds) => guard.reportStuckAfter(milliseconds),
    stop() {
      if (!thresholds.delete(watchdog)) return;
      if (thresholds.size > 0) {
        guard.thresholdMs = Math.min(...thresholds.values());
        return;
      }
      guard.stop();
      if (slot[key] === running) slot[key] = undefined;
    },
  };
  thresholds.set(watchdog, threshold);
  if (threshold < guard.thresholdMs) guard.thresholdMs = threshold;
  return watchdog;
}
