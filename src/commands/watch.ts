// Looks again and again, until Ctrl-C: a terminal is drawn anew each time, elsewhere one text follows the other.
import { isatty } from 'node:tty';
import { setTimeout as pause } from 'node:timers/promises';
import type { TextOptions } from '../reporters/text.ts';
import { drawingOf, writeOutput } from './output.ts';

export interface WatchOptions {
  readonly everyMs: number;
  readonly output: string | null;
  /** Whether Ctrl-C may end a look in the middle. */
  readonly isSafeToLeave: boolean;
}

/** Ends at Ctrl-C, with exit code 0, or when `next` throws. */
export async function watchScreen(
  next: (drawing: TextOptions) => Promise<string>,
  { everyMs, output, isSafeToLeave }: WatchOptions,
): Promise<void> {
  const ended = new AbortController();
  const end = (): void => {
    if (isSafeToLeave) process.exit(0);
    ended.abort();
  };
  process.on('SIGINT', end);
  const isScreen = output === null && isatty(1);
  try {
    if (isScreen) await writeOutput(clear, null);
    while (!ended.signal.aborted) {
      const started = performance.now();
      const text = await next(drawingOf(output));
      await writeOutput(isScreen ? screenful(text) : text, output);
      // Never longer at work than at rest: a look may take a while.
      const took = performance.now() - started;
      await pause(Math.max(everyMs - took, took), undefined, { signal: ended.signal }).catch(() => {});
    }
  } finally {
    process.off('SIGINT', end);
  }
}

const clear = '\x1b[2J';

/** From the top left corner, over what was there before; what does not fit is counted. */
function screenful(text: string): string {
  const rows = process.stdout.rows > 0 ? process.stdout.rows : 24;
  const lines = text.replace(/\n$/, '').split('\n');
  const shown = lines.length < rows ? lines : [...lines.slice(0, rows - 2), `… ${lines.length - rows + 2} more lines`];
  return `\x1b[H${shown.map((line) => `${line}\x1b[K\n`).join('')}\x1b[J`;
}
