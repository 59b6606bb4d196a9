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
  give(awaits === null ? report : withAwaits(report, mapSites(awaits, map), tasks));
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
  'No function of the test is suspended: it waits by callbacks alone, or for what nobody can settle, and that is ' +
  'collected already, which it is not unless LOOPSCOPE_TEST_KEEP=0 is set or more than 10,000 promises are pending.';

function isIdle({ waits }: TaskEntry): boolean {
  return waits.length === 0;
}

function withAwaits(report: Report, awaits: AwaitReport, tasks: readonly TaskRecord[]): Report {
  const names = new Map(tasks.map(({ id, origin }) => [id, origin.name]));
  // Threads count their tasks each from 1: a name tells those of others.
  const isOwn = ({ task, at, definedAt }: SuspendedFunction): boolean =>
    task !== null && names.get(task.id) === task.name && !runnerFiles.test((at ?? definedAt)?.file ?? '');
  const now = partOfAwaits(awaits, isOwn);
  const before = now.functions.length > 0 || seen === null ? null : partOfAwaits(seen, isOwn);
  seen = awaits;
  const part = before === null || before.functions.length === 0 ? now : before;
  const joined = joinAwaits(report, part, isProgram);
  if (part.functions.length > 0 || report.test?.problem === 'blocked' || !report.tasks.every(isIdle)) return joined;
  return { ...joined, notes: [lost] };
}
