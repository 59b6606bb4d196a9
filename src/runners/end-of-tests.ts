// The end of the tests of a process in which they are not told file by file: nothing has begun for a second, and nothing is
// pending. What they left is reported then; a process that does not end is explained, and ended.
import type { TestEntry } from '../report/format.ts';
import { beginFile } from './test-file.ts';
import { pendingTests } from './test-run.ts';
import { watchExit } from './exit-watch.ts';

const { setTimeout, clearTimeout } = globalThis;
const quietMs = 1000;

/** What waits for the end of all tests. */
export interface EndOfTests {
  /** A test is over; it may have been the last. */
  soon(): void;
  /** Reports what is left, if all are over; once. */
  check(): Promise<void>;
}

/** Waits for the end of the tests of this process. */
export function endOfTests(runner: TestEntry['runner']): EndOfTests {
  const file = beginFile(runner);
  let timer: NodeJS.Timeout | undefined;
  const check = async (): Promise<void> => {
    clearTimeout(timer);
    if (pendingTests().some(({ isReported }) => !isReported)) return;
    await file.end(process.argv[1] ?? '');
    watchExit(file.beginning);
  };
  return {
    check,
    soon() {
      if (timer !== undefined) timer.refresh();
      else timer = setTimeout(() => void check(), quietMs).unref();
    },
  };
}
