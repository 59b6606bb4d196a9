// The report of one test: what of it is pending, where each of its functions is suspended, and what it left. Loaded when
// there is something to report.
import type { ResourceRecord } from '../channels/resource.ts';
import type { TaskRecord } from '../channels/task.ts';
import { readConfig } from '../config.ts';
import { deliverReport, isProgram } from '../process/give-report.ts';
import { takeTestReport } from '../process/take-report.ts';
import { partOfAwaits } from '../report/await-part.ts';
import type { AwaitReport, SuspendedFunction } from '../report/awaits.ts';
import type { Report, TaskEntry, TestProblem } from '../report/format.ts';
import { joinAwaits } from '../report/join-awaits.ts';
import { changeSteps, shortenSteps } from '../heap/settler-steps.ts';
import { startRegistry } from '../subscribers/registry.ts';
import { mapSites, siteMap } from './site-map.ts';
import { entryOf, isOf, pendingTests, type TestRun } from './test-run.ts';

const runnerFiles =
  /[\\/]node_modules[\\/](?:@vitest[\\/]|vitest(?:-\d+)?[\\/]|vite-node[\\/]|jest-|@jest[\\/]|mocha(?:-\d+)?[\\/]|p-limit[\\/])/;

/** What was found of a test that is pending. */
export interface Finding {
  readonly problem: TestProblem;
  /** When, on the runtime clock: before anything was read. */
  readonly at: number;
  /** Null where nothing was read. */
  readonly awaits: AwaitReport | null;
}

/** Reports a test that is pending, with the functions that are suspended in it; in the midst of what it does, or later. */
export function reportPending(run: TestRun, sandbox: object, { problem, at, awaits }: Finding): void {
  const parts = pendingTests().filter(({ record }) => isOf(record, run));
  const tasks = [...parts.map(({ record }) => record), ...tasksOf(run)];
  const map = siteMap(sandbox);
  const report = takeTestReport({ test: entryOf(run, problem, at), tasks, resources: resourcesOf(run) }, map, at);
  give(
    awaits === null
      ? report
      : withAwaits(report, shortenSteps(withCallbacks(mapSites(awaits, map), report), map), tasks),
  );
}

/** Hands a report to the supervisor, or writes it. */
export function give(report: Report): void {
  const config = readConfig();
  deliverReport(report, config);
}

/** The tasks of a test that are pending. */
export function tasksOf(run: TestRun): TaskRecord[] {
  return startRegistry()
    .snapshot()
    .tasks.filter((task) => isOf(task, run));
}

/** What a test holds. */
export function resourcesOf(run: TestRun): ResourceRecord[] {
  return startRegistry()
    .snapshot()
    .resources.filter((resource) => [...resource.holders()].some(({ task }) => isOf(task, run)));
}

// What was suspended for ever when another test was looked at may have been collected since.
let seen: AwaitReport | null = null;

const lost =
  'No async function of the test is suspended. It waits for a callback (done, a listener, a timer) that was not called' +
  ', or for a promise that nobody has any more.';

const ofOurs = /[\\/]runners[\\/]callback\.[jt]s:\d+:\d+\)$/;
const callbackFile = /[\\/]runners[\\/]callback\.[jt]s$/;

/** What waits for the callback of a test, `done()`, stands at the test, and who has that is told up to it. */
function withCallbacks(awaits: AwaitReport, { test }: Report): AwaitReport {
  const called = new Set<number>();
  const at =
    test?.line == null
      ? null
      : { file: test.file, line: test.line, column: test.column ?? 0, function: '', exact: true };
  const functions = awaits.functions.map((suspended) => {
    if (!callbackFile.test(suspended.definedAt?.file ?? '')) return suspended;
    called.add(suspended.awaits);
    return { ...suspended, name: 'done()', at, definedAt: null };
  });
  const withSteps = changeSteps(awaits, (steps, promise) => (called.has(promise) ? upToCallback(steps) : steps));
  return { ...withSteps, functions };
}

function upToCallback(steps: readonly string[]): readonly string[] {
  const first = steps.findIndex((step) => ofOurs.test(step));
  if (first === -1) return steps;
  const before = steps.slice(0, first);
  return [...(before.at(-1) === 'done' ? before.slice(0, -1) : before), 'done()'];
}

function isIdle({ waits }: TaskEntry): boolean {
  return waits.length === 0;
}

/** What Node does within itself is of interest where the program awaits it, or does nothing else. */
function partOf(awaits: AwaitReport, isOwn: (suspended: SuspendedFunction) => boolean): AwaitReport {
  const part = partOfAwaits(awaits, (each) => isOwn(each) && each.at?.file.startsWith('node:') !== true);
  return part.functions.length > 0 ? part : partOfAwaits(awaits, isOwn);
}

function withAwaits(report: Report, awaits: AwaitReport, tasks: readonly TaskRecord[]): Report {
  const names = new Map(tasks.map(({ id, origin }) => [id, origin.name]));
  // Threads count their tasks each from 1: a name tells those of others.
  const isOwn = ({ task, at, definedAt }: SuspendedFunction): boolean =>
    task !== null && names.get(task.id) === task.name && !runnerFiles.test((at ?? definedAt)?.file ?? '');
  const now = partOf(awaits, isOwn);
  const before = now.functions.length > 0 || seen === null ? null : partOf(seen, isOwn);
  seen = awaits;
  const part = before === null || before.functions.length === 0 ? now : before;
  const joined = joinAwaits(report, part, isProgram);
  if (part.functions.length > 0 || report.test?.problem === 'blocked' || !report.tasks.every(isIdle)) return joined;
  return { ...joined, notes: [lost] };
}
