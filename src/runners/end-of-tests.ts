// The end of the tests of a process in which they are not told file by file: nothing has begun for a second, and nothing is
// pending. What they left is reported then; a process that does not end is explained, and ended.
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TestEntry } from '../report/format.ts';
import { now } from '../runtime/clock.ts';
import { outside } from '../runtime/outside.ts';
import { beginFile } from './test-file.ts';
import { isAnyAwaited } from './test-run.ts';
import { watchExit } from './exit-watch.ts';

const { setTimeout, clearTimeout } = globalThis;
const quietMs = 1000;

const patienceMs = 500;

/** Whether the main module awaits something at its top, and may have more tests. What has been imported is not run again. */
async function isMainLoading(): Promise<boolean> {
  const [, main] = process.argv;
  if (main === undefined || createRequire(import.meta.url).cache[resolve(main)] !== undefined) return false;
  const loaded = import(pathToFileURL(resolve(main)).href).then(
    () => false,
    () => false,
  );
  return Promise.race([loaded, new Promise<boolean>((done) => void setTimeout(done, patienceMs, true).unref())]);
}

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
  let lastAt = 0;
  let timer: NodeJS.Timeout | undefined;
  const lookIn = (milliseconds: number): void => {
    timer = outside(() => setTimeout(() => void look(), milliseconds)).unref();
  };
  const look = async (): Promise<void> => {
    timer = undefined;
    const leftMs = lastAt + quietMs - now();
    if (leftMs > 0) {
      lookIn(leftMs);
      return;
    }
    if (isAnyAwaited()) return;
    const isLoading = await isMainLoading();
    if (isAnyAwaited() || timer !== undefined) return; // a test has begun meanwhile
    if (isLoading) {
      lookIn(quietMs);
      return;
    }
    isOver = true;
    await file.end(process.argv[1] ?? '');
    watchExit(file.beginning, isMainLoading);
  };
  return {
    drained() {
      clearTimeout(timer);
      if (isOver) return;
      isOver = true; // once: the loop may turn and be drained again
      file.endNow(process.argv[1] ?? '');
      watchExit(file.beginning, isMainLoading);
    },
    soon() {
      isOver = false;
      lastAt = now();
      if (timer === undefined) lookIn(quietMs);
    },
  };
}
