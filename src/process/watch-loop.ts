// A program that watches its own loop.
import { isMainThread } from 'node:worker_threads';
import { loopBlocked, type BlockRecord } from '../channels/loop.ts';
import { ArgumentError, StateError } from '../errors.ts';
import { load } from '../runtime/load.ts';
import { SiteMapper } from '../runtime/source-map.ts';
import { subscribe } from '../runtime/subscribe.ts';
import { beforeEvent } from './events.ts';

export interface WatchLoopOptions {
  /** A turn of the loop that takes longer is a block. Milliseconds, from 10 on; default 100. */
  readonly threshold?: number;
  /** Called after every block, with what blocked, where, and in which task. Sites are those of the source. */
  readonly onBlock?: (block: BlockRecord) => void;
}

const leastThreshold = 10;

/**
 * Watches the loop of the main thread from the next turn on, by a thread of its own that looks at what runs when the loop
 * is late; the modules of the program's start are no block. Subscribers of `loopscope:loop:blocked` get the same records as
 * `onBlock`, before source maps. Throws ArgumentError, and StateError in a worker thread.
 * @returns what ends it; it may be called twice
 */
export function watchLoop({ threshold = 100, onBlock }: WatchLoopOptions = {}): () => void {
  if (typeof threshold !== 'number' || !(threshold >= leastThreshold) || threshold === Infinity) {
    throw new ArgumentError(`threshold must be at least ${leastThreshold} ms, not ${String(threshold)}`);
  }
  if (onBlock !== undefined && typeof onBlock !== 'function') {
    throw new ArgumentError(`onBlock must be a function, not ${typeof onBlock}`);
  }
  if (!isMainThread) throw new StateError('watchLoop watches the loop of the main thread: call it there');
  // Loaded now: a program that only imports loopscope does not pay for it.
  const { startWatchdog } = load(import.meta.url, '../loop/watchdog') as typeof import('../loop/watchdog.ts');
  const watchdog = startWatchdog({ thresholdMs: threshold });
  beforeEvent('exit', () => watchdog.leave());
  const unsubscribe = subscribe(loopBlocked, (block) => {
    if (block.durationMs < threshold || onBlock === undefined) return;
    const mapper = new SiteMapper();
    onBlock({ ...block, stack: block.stack.map((site) => mapper.map(site)) });
  });
  return () => {
    watchdog.stop();
    unsubscribe();
  };
}
