// How loopscope says that something of its own went wrong: one line on stderr, and the program goes on.
import { writeSync } from 'node:fs';

/** Writes one line to stderr, past the program's own streams and whatever it patched there. Never throws. */
export function complain(what: string, error?: unknown): void {
  try {
    // oxlint-disable-next-line typescript/no-base-to-string -- anything can be thrown, and any words are better than none
    const cause = error === undefined ? '' : `: ${error instanceof Error ? error.message : String(error)}`;
    writeSync(2, `loopscope: ${what}${cause}\n`.replaceAll(/\n(?!$)/g, ' '));
  } catch {
    // stderr is closed or full, or the error cannot be put into words: there is nobody to tell
  }
}
