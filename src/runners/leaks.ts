// What a file of tests left behind, test by test: tasks that go on, what is held and never released, and what is open.
// Loaded when something may have been left.
import type { ResourceRecord } from '../channels/resource.ts';
import type { TaskRecord } from '../channels/task.ts';
import { collectHandles } from '../handles/collect.ts';
import { isProgram } from '../process/give-report.ts';
import { takeTestReport } from '../process/take-report.ts';
import type { TestEntry, TestProblem } from '../report/format.ts';
import type { HandleEntry, HandleReport } from '../report/handles.ts';
import { now } from '../runtime/clock.ts';
import { complain } from '../runtime/complain.ts';
import { startRegistry } from '../subscribers/registry.ts';
import { siteMap } from './site-map.ts';
import type { Beginning } from './test-file.ts';
import { give } from './test-report.ts';
import { entryOf, knownTests, testGlobal, testOf, type TestRun } from './test-run.ts';

const mostReports = 20;
// What the runner and Node have for themselves.
const notLeaked = new Set(['stdio', 'ipc', 'port', 'immediate']);

/** A timer that fires so soon is no leak: many a healthy test races with one, and leaves it. */
const soonMs = 5000;

/** What one test left, or the file outside of its tests. */
export interface Leaks {
  readonly tasks: TaskRecord[];
  readonly resources: ResourceRecord[];
  readonly handles: HandleEntry[];
}

/** Reports what these tests left, one report for each; nothing where nothing is left. */
export function reportLeaks(path: string, beginning: Beginning): void {
  const tests = knownTests();
  const { byTest, handles } = findLeaks(tests, beginning);
  let given = 0;
  for (const [run, leaks] of byTest) {
    if (given++ >= mostReports) continue;
    const file = run?.file ?? tests[0]?.file ?? path;
    giveLeaks(run === null ? fileEntry(file, 'leaked', beginning) : entryOf(run, 'leaked'), leaks, handles);
  }
  if (given > mostReports) complain(`${given - mostReports} more tests of ${path} left something behind`);
}

/** Hands a report of what is left to who wants it. */
export function giveLeaks(test: TestEntry, { tasks, resources, handles: entries }: Leaks, all: HandleReport): void {
  const report = takeTestReport({ test, tasks, resources }, siteMap(testGlobal()));
  give(entries.length === 0 ? report : { ...report, handles: { ...all, entries, sites: [] } });
}

/** What is left by whom, in the order in which the tests ran; null for what is no test's. */
export function findLeaks(
  tests: readonly TestRun[],
  beginning: Beginning,
): { readonly byTest: ReadonlyMap<TestRun | null, Leaks>; readonly handles: HandleReport } {
  const { tasks, resources } = startRegistry().snapshot();
  const handles = collectHandles({ mapSite: siteMap(testGlobal()), timers: true });
  const byTest = new Map<TestRun | null, Leaks>();
  const of = (run: TestRun | null): Leaks => {
    const known = byTest.get(run) ?? { tasks: [], resources: [], handles: [] };
    byTest.set(run, known);
    return known;
  };
  const byId = new Map(tests.map((run) => [run.record.id, run]));
  const runOf = (id: number): TestRun | null => byId.get(id) ?? testOf(tasks.find((task) => task.id === id) ?? null);
  // A request is of no test: one that a server of a test is to answer which was reported is as good as reported.
  const isServed = handles.entries.some(
    ({ kind, task }) => kind === 'server' && task !== null && runOf(task.id)?.isReported === true,
  );
  for (const task of tasks) {
    const run = testOf(task);
    if (run === null && isServed && task.origin.kind === 'request') continue;
    if (task.id > beginning.id && run?.isReported !== true) of(run).tasks.push(task);
  }
  for (const resource of resources) {
    for (const { task } of resource.holders()) {
      const run = testOf(task);
      if (task.id > beginning.id && run?.isReported !== true) of(run).resources.push(resource);
    }
  }
  for (const entry of handles.entries) {
    const run = entry.task === null ? null : runOf(entry.task.id);
    if (isLeft(entry, beginning) && run?.isReported !== true) of(run).handles.push(entry);
  }
  return { byTest: sorted(byTest, tests), handles };
}

/** What keeps the process alive now, and what is pending, of all tests. */
export function findLeft(): { readonly left: Leaks; readonly handles: HandleReport } {
  const { tasks, resources } = startRegistry().snapshot();
  const all = collectHandles({ mapSite: siteMap(testGlobal()), timers: true });
  const handles = all.entries.filter(({ refed, kind }) => refed && !notLeaked.has(kind));
  const held = resources.filter((resource) => [...resource.holders()].length > 0);
  return { left: { tasks: [...tasks], resources: held, handles }, handles: all };
}

/** The file as a whole. */
export function fileEntry(file: string, problem: TestProblem, { runner, at }: Beginning): TestEntry {
  return {
    runner,
    problem,
    file,
    name: null,
    line: null,
    column: null,
    ranMs: Math.round(now() - at),
    timeoutMs: null,
  };
}

function isLeft(entry: HandleEntry, { at: begun, id }: Beginning): boolean {
  const { kind, refed, ageMs, leftMs = Infinity, at, callback, task } = entry;
  if (kind === 'timeout' && leftMs < soonMs) return false;
  if (task !== null && task.id <= id) return false; // of an earlier file
  if (!refed || notLeaked.has(kind) || (ageMs !== null && ageMs > now() - begun)) return false;
  const place = at ?? callback;
  return place === null ? task !== null && kind !== 'timeout' : isProgram(place.file);
}

function sorted(byTest: ReadonlyMap<TestRun | null, Leaks>, tests: readonly TestRun[]): Map<TestRun | null, Leaks> {
  const place = (run: TestRun | null): number => (run === null ? Infinity : tests.indexOf(run));
  return new Map([...byTest].toSorted(([a], [b]) => place(a) - place(b)));
}
