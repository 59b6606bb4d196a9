// The event loop of this thread under the hook: how late it is, and what blocks it.
import { isMainThread } from 'node:worker_threads';
import { BlockBook } from '../loop/blocks.ts';
import { startMeter } from '../loop/meter.ts';
import { startWatchdog, type WatchdogOptions } from '../loop/watchdog.ts';
import { setLoopSource } from './loop-source.ts';

export interface LoopOptions {
  /** Whether to look for what blocks the loop: in the main thread, whose inspector others can connect to. */
  readonly watchdog: boolean;
  /** Turns that take longer are blocks. Milliseconds. */
  readonly thresholdMs: number;
  /** What to do with a loop that does not return. */
  readonly stuck?: WatchdogOptions['stuck'];
}

/** What runs while the loop is observed. */
export interface Loop {
  /** Whether something blocked the loop of which it is known what it was. */
  wasBlocked(): boolean;
  /** The process is about to end: before the last report. */
  leave(): void;
}

/** Observes the loop of this thread from its next turn on. */
export function startLoop({ watchdog, thresholdMs, stuck }: LoopOptions): Loop {
  const blocks = new BlockBook();
  const meter = startMeter((since, durationMs) => blocks.addPause(since, durationMs));
  const watching =
    watchdog && isMainThread ? startWatchdog({ thresholdMs, ...(stuck !== undefined && { stuck }) }) : null;
  let left = false;
  setLoopSource(() => ({
    statistics: meter.statistics(),
    thresholdMs: watching === null ? null : thresholdMs,
    blocks: blocks.groups(),
    current: left ? null : (watching?.current() ?? null), // what the end cuts off is a block that has ended
    droppedBlocks: blocks.dropped,
  }));
  return {
    wasBlocked: () => blocks.groups().some(({ kind }) => kind !== 'unknown'),
    leave() {
      left = true;
      watching?.leave();
    },
  };
}
