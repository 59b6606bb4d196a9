// A process whose tests are over and which does not end: what keeps it alive is reported, and it is ended.
import { readConfig } from '../config.ts';
import { complain } from '../runtime/complain.ts';
import { load } from '../runtime/load.ts';
import type * as Leaks from './leaks.ts';
import type { Beginning } from './test-file.ts';
import { isAnyAwaited, pendingTests } from './test-run.ts';

/** With what a process is ended that does not end after its tests. */
const exitCode = 71;

const { setTimeout, clearTimeout } = globalThis;
let timer: NodeJS.Timeout | undefined;

/** The tests are over: if the process is there after a while, it is explained and ended, unless that is switched off. */
export function watchExit(beginning: Beginning): void {
  const { testExitAfterMs } = readConfig();
  if (testExitAfterMs === null) return;
  clearTimeout(timer);
  timer = setTimeout(() => explain(beginning, testExitAfterMs), testExitAfterMs).unref();
}

function explain(beginning: Beginning, afterMs: number): void {
  if (isAnyAwaited()) return; // one has begun after all
  try {
    const { findLeaks, giveLeaks, fileEntry } = load(import.meta.url, './leaks') as typeof Leaks;
    const hung = pendingTests()[0];
    const { byTest, handles } = findLeaks([], { ...beginning, at: 0 });
    const leaks = [...byTest.values()];
    giveLeaks(
      fileEntry(hung?.file ?? process.argv[1] ?? '', 'not exiting', beginning),
      {
        tasks: leaks.flatMap(({ tasks }) => tasks),
        resources: leaks.flatMap(({ resources }) => resources),
        handles: leaks.flatMap((each) => each.handles),
      },
      handles,
    );
    complain(`ended with code ${exitCode}: the process was there ${afterMs / 1000} s after its tests were over`);
  } catch (error) {
    complain('why the process does not end is not known', error);
  }
  // After those of the runner: mocha sets the number of failures, which stays if there are any.
  process.once('exit', () => (process.exitCode ||= exitCode));
  process.exit();
}
