// A test at its timeout: it is reported before its runner knows that it is over.
import { readConfig } from '../config.ts';
import type { TestProblem } from '../report/format.ts';
import { excuseBlock } from '../loop/watchdog.ts';
import { complain } from '../runtime/complain.ts';
import { load } from '../runtime/load.ts';
import { testGlobal } from './test-run.ts';
import type * as ReadAwaits from '../process/read-awaits.ts';
import type { TestRun } from './test-run.ts';

// As they are before a test fakes them.
const { setTimeout, clearTimeout } = globalThis;
/** The timer of the runner was set before ours, and would fire first if both were as long. */
const aheadMs = 1;

/** Compiling what a report needs allocates, which may start a collection: in a run that lasts it is there before. */
const prepareAfterMs = 1000;
let pendingAfterMs: number | null = null;

/** Loads what a report needs, unless the tests are over before. */
export function prepareReports(): void {
  setTimeout(() => {
    load(import.meta.url, '../process/read-awaits');
    load(import.meta.url, './test-report');
  }, prepareAfterMs).unref();
}

/** Reports a test that is pending at its timeout, or for long if it has none. Returns what takes it back. */
export function reportAtTimeout(run: TestRun): () => void {
  pendingAfterMs ??= readConfig().testPendingAfterMs;
  const { timeoutMs } = run;
  const timer =
    timeoutMs === null || timeoutMs <= 0
      ? setTimeout(reportNow, pendingAfterMs, run, 'unfinished')
      : setTimeout(reportNow, Math.max(1, timeoutMs - aheadMs), run, 'timed out');
  timer.unref();
  return () => clearTimeout(timer);
}

/** Reports a test that is pending, once. Never throws. */
export function reportNow(run: TestRun, problem: TestProblem): void {
  try {
    if (run.isReported) return;
    run.isReported = true;
    // First of all: what nobody can settle is garbage, and the next collection takes it away.
    const read = (): void => {
      const awaits = (load(import.meta.url, '../process/read-awaits') as typeof ReadAwaits).readOwnAwaits();
      const { reportPending } = load(import.meta.url, './test-report') as typeof import('./test-report.ts');
      reportPending(run, problem, testGlobal(), awaits);
    };
    if (problem === 'blocked') read();
    else excuseBlock(read);
  } catch (error) {
    complain('the report of a test was lost', error);
  }
}
