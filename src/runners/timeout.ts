// A test at its timeout: it is reported before its runner knows that it is over.
import { readConfig } from '../config.ts';
import type { TestProblem } from '../report/format.ts';
import { excuseBlock } from '../loop/watchdog.ts';
import { now } from '../runtime/clock.ts';
import { complain } from '../runtime/complain.ts';
import { load } from '../runtime/load.ts';
import { outside } from '../runtime/outside.ts';
import { setTimeout } from '../runtime/real-timers.ts';
import type * as ReadAwaits from '../process/read-awaits.ts';
import type { Finding } from './test-report.ts';
import { sinceLastTimer } from './runner-timers.ts';
import { markReported, testGlobal, type TestRun } from './test-run.ts';

/** The timer of the runner was set before ours, and would fire first if both were as long. */
const aheadMs = 2;

let pendingAfterMs: number | null = null;

/**
 * Loads what reads memory. At the timeout, or in the midst of a test, that would allocate: the collection that follows takes
 * away what nobody can settle and nobody holds, with the line that hangs.
 */
export function prepareReports(): void {
  load(import.meta.url, '../process/read-awaits');
}

/** A timer is used for one test after the other: a new one for each would be the most that we do for it. */
interface TestTimer {
  readonly timer: NodeJS.Timeout;
  run: TestRun | null;
}

/** Those that no test has, by their length. */
const idle = new Map<number, TestTimer[]>();

/** Reports a test that is pending at its timeout, or for long if it has none. Returns what takes it back. */
export function reportAtTimeout(run: TestRun): () => void {
  pendingAfterMs ??= readConfig().testPendingAfterMs;
  const { timeoutMs } = run;
  const isEndless = timeoutMs === null || timeoutMs <= 0;
  // Node's clock of timers stands still between them at times: what the runner set just now may have begun long before.
  const afterMs = isEndless ? pendingAfterMs : Math.max(1, timeoutMs - aheadMs - sinceLastTimer(timeoutMs));
  const own = takeTimer(afterMs, run);
  return () => {
    if (own.run !== run) return;
    own.run = null; // it is not ended: where no test takes it, it finds none
    idle.get(afterMs)?.push(own);
  };
}

function takeTimer(afterMs: number, run: TestRun): TestTimer {
  let free = idle.get(afterMs);
  if (free === undefined) idle.set(afterMs, (free = []));
  const own = free.pop();
  if (own === undefined) return startTimer(afterMs, run);
  own.run = run;
  own.timer.refresh();
  return own;
}

function startTimer(afterMs: number, run: TestRun): TestTimer {
  const own: TestTimer = {
    timer: outside(() => setTimeout(() => timeIsUp(own), afterMs)).unref(),
    run,
  };
  return own;
}

function timeIsUp(own: TestTimer): void {
  const { run } = own;
  if (run === null) return;
  own.run = null; // it is not used again
  reportNow(run, run.timeoutMs === null || run.timeoutMs <= 0 ? 'unfinished' : 'timed out');
}

/** Reports a test that is pending, once. Never throws. */
export function reportNow(run: TestRun, problem: TestProblem): void {
  try {
    if (run.isReported) return;
    run.isReported = true;
    const at = now();
    if (problem === 'blocked') {
      give(run, { problem, at, awaits: null }); // what runs is the answer, and not what is suspended
      return;
    }
    excuseBlock(() => {
      // First of all: what nobody can settle may be garbage, and the next collection takes it away.
      const awaits = (load(import.meta.url, '../process/read-awaits') as typeof ReadAwaits).readOwnAwaits();
      give(run, { problem, at, awaits });
    });
  } catch (error) {
    complain('the report of a test was lost', error);
  } finally {
    markReported(run);
  }
}

function give(run: TestRun, finding: Finding): void {
  const { reportPending } = load(import.meta.url, './test-report') as typeof import('./test-report.ts');
  reportPending(run, testGlobal(), finding);
}
