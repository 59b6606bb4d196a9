// The event loop of this thread under the hook: how late it is, and what blocks it.
import { loopBlocked } from '../channels/loop.ts';
import { BlockBook } from '../loop/blocks.ts';
import { startMeter, type LoopReading } from '../loop/meter.ts';
import { startWatchdog, watchedLoop, type WatchdogOptions } from '../loop/watchdog.ts';
import { isAnyTelling } from '../report/worth.ts';
import { subscribe } from '../runtime/subscribe.ts';
import { setLoopSource } from './loop-source.ts';

export interface LoopOptions {
  /** Whether to look for what blocks the loop. */
  readonly watchdog: boolean;
  /** Turns that take longer are blocks. Milliseconds. */
  readonly thresholdMs: number;
  /** Whether this thread is profiled. */
  readonly isProfiled: boolean;
  /** What to do with a loop that does not return. */
  readonly stuck?: WatchdogOptions['stuck'];
}

/** What runs while the loop is observed. */
export interface Loop {
  /** Whether something blocked the loop of which it is known what it was, or for long. */
  wasBlocked(): boolean;
  /** What the loop did until now; null before its first turn. */
  read(): LoopReading | null;
  /** The process is about to end: before the last report. */
  leave(): void;
}

/** Observes the loop of this thread from its next turn on. */
export function startLoop({ watchdog, thresholdMs, stuck, isProfiled }: LoopOptions): Loop {
  const blocks = new BlockBook();
  const meter = startMeter({ onPause: (since, durationMs) => blocks.addPause(since, durationMs), isProfiled });
  const watching = watchdog ? startWatchdog({ thresholdMs, ...(stuck !== undefined && { stuck }) }) : null;
  subscribe(loopBlocked, ({ kind, since, durationMs }) => {
    if (kind !== 'unknown') meter.confirmBlock(since, durationMs);
  });
  let left = false;
  setLoopSource(() => {
    const watched = watchedLoop(); // others may watch, too
    return {
      statistics: meter.statistics(),
      thresholdMs: watching === null ? watched.thresholdMs : thresholdMs,
      blocks: blocks.groups(),
      current: left ? null : watched.current, // what the end cuts off is a block that has ended
      droppedBlocks: blocks.dropped,
    };
  });
  return {
    read: () => meter.read(),
    wasBlocked: () => isAnyTelling(blocks.groups(), thresholdMs),
    leave() {
      left = true;
      watching?.leave();
    },
  };
}
