// The end of the tests of a process in which they are not told file by file: nothing has begun for a second, and nothing is
// pending. What they left is reported then; a process that does not end is explained, and ended.
import type { TestEntry } from '../report/format.ts';
import { beginFile } from './test-file.ts';
import { isAnyAwaited } from './test-run.ts';
import { watchExit } from './exit-watch.ts';

const { setTimeout, clearTimeout } = globalThis;
const quietMs = 1000;

/** What waits for the end of all tests. */
export interface EndOfTests {
  /** A test is over; it may have been the last. */
  soon(): void;
  /** The loop has nothing left to do: reports what is left. Keeps no process alive. */
  drained(): void;
}

/** Waits for the end of the tests of this process. */
export function endOfTests(runner: TestEntry['runner']): EndOfTests {
  const file = beginFile(runner);
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  const check = async (): Promise<void> => {
    if (isAnyAwaited()) return;
    isOver = true;
    await file.end(process.argv[1] ?? '');
    watchExit(file.beginning);
  };
  return {
    drained() {
      clearTimeout(timer);
      if (isOver) return;
      isOver = true; // once: the loop may turn and be drained again
      file.endNow(process.argv[1] ?? '');
      watchExit(file.beginning);
    },
    soon() {
      isOver = false;
      if (timer !== undefined) timer.refresh();
      else timer = setTimeout(() => void check(), quietMs).unref();
    },
  };
}
