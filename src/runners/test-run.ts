// The tests that run in this thread. Each has a record of a task, in whose context it runs: whatever it creates, waits for
// and holds is known to be its own, also while others run.
import type { TaskRecord } from '../channels/task.ts';
import type { TestEntry, TestProblem } from '../report/format.ts';
import { now } from '../runtime/clock.ts';
import { load } from '../runtime/load.ts';
import type { Callback } from './callback.ts';
import type { KeptPromises } from '../process/kept-promises.ts';
import { currentTask, nextId, runInTask, switchTask } from '../runtime/context.ts';

/** What a runner tells of a test. */
export interface TestFacts {
  readonly runner: TestEntry['runner'];
  readonly file: string;
  readonly name: string | null;
  /** Where it is written; asked for when there is something to say. */
  readonly place: () => { readonly line: number; readonly column: number } | null;
  readonly timeoutMs: number | null;
  /** Whether it is a part of the test in which it begins. Default false. */
  readonly isPart?: boolean;
}

/** One run of a test; a retry is another. */
export interface TestRun extends Omit<TestFacts, 'timeoutMs' | 'file'> {
  readonly record: TaskRecord;
  file: string;
  startedAt: number;
  /** As the runner told last. */
  timeoutMs: number | null;
  /** Null while it runs. */
  endedAt: number | null;
  /** Whether it was reported as pending. */
  isReported: boolean;
  /** The test whose hook this is; null for a test, and for hooks of suites. */
  readonly hookOf: TestRun | null;
}

let tests: object = globalThis;
let promises: KeptPromises | null = null;

/** The global object of the tests: that of a context of their own, in jest and in threads of vitest's with contexts. */
export function testGlobal(): object {
  return tests;
}

export function setTestGlobal(sandbox: object): void {
  tests = sandbox;
}

/** Has the pending promises of tests held while they run. */
export function setKeptPromises(kept: KeptPromises): void {
  promises = kept;
}

const pending = new Set<TestRun>();
const runs = new Map<TaskRecord, TestRun>();

/** A test that has not begun: its hooks run before it. */
export function knowTest(facts: TestFacts): TestRun {
  const startedAt = now();
  const name = facts.name ?? '(file)';
  const record: TaskRecord = {
    id: nextId(),
    origin: { kind: 'test', name, site: null },
    name,
    parent: facts.isPart === true ? currentTask() : null,
    createdAt: Math.floor(startedAt),
    startedAt: Math.floor(startedAt),
    settlement: null, // never: what it leaves behind is its own
    waits: null,
    previous: null,
    next: null,
  };
  const run: TestRun = { ...facts, record, startedAt, endedAt: null, isReported: false, hookOf: null };
  runs.set(record, run);
  return run;
}

/** A test begins, or a hook around all tests of a suite. */
export function beginTest(facts: TestFacts): TestRun {
  return startTest(knowTest(facts));
}

/** A test begins that is known. */
export function startTest(run: TestRun): TestRun {
  run.startedAt = now();
  pending.add(run);
  promises?.want(true);
  return run;
}

/** A hook of a test begins: what it makes is the test's, and if it hangs, that is reported under a name of its own. */
export function beginHook(
  test: TestRun,
  facts: Pick<TestFacts, 'place' | 'timeoutMs'> & { readonly name: string },
): TestRun {
  const name = `${test.name ?? '(file)'} > ${facts.name}`;
  return startTest({ ...test, ...facts, name, endedAt: null, isReported: false, hookOf: test });
}

/** The test is over. May be called twice. */
export function endTest(run: TestRun): void {
  run.endedAt ??= now();
  if (pending.delete(run)) promises?.want(isAnyAwaited());
}

/** It has been reported as pending: nothing more is expected of it, nor of the test whose hook it is. */
export function markReported(run: TestRun): void {
  run.isReported = true;
  if (run.hookOf !== null) run.hookOf.isReported = true;
  promises?.want(isAnyAwaited());
}

/** Whether a test is pending of which nothing was reported. */
export function isAnyAwaited(): boolean {
  for (const { isReported } of pending) if (!isReported) return true;
  return false;
}

/**
 * Makes a test the current one, with no frames of ours in the stacks of what is called: it has no span that were to be
 * current, too. Returns what ends that.
 */
export function enterTest(run: TestRun): () => void {
  const before = switchTask(run.record);
  return () => void switchTask(before);
}

/** Calls a function in the context of a test. */
export function inTest<Result>(run: TestRun, call: () => Result): Result {
  return runInTask(run.record, callIt<Result>, call);
}

function callIt<Result>(_task: TaskRecord, call: () => Result): Result {
  return call();
}

/** What a test is given in place of its callback; `over` is called before that. */
export function callbackIn(run: TestRun, original: Callback, over: () => void = () => {}): Callback {
  const { callbackFor } = load(import.meta.url, './callback') as typeof import('./callback.ts');
  return inTest(run, () => callbackFor(original, over));
}

/** The test that a task belongs to; null where it belongs to none. */
export function testOf(task: TaskRecord | null): TestRun | null {
  for (let each = task; each !== null; each = each.parent) {
    const run = runs.get(each);
    if (run !== undefined) return run;
  }
  return null;
}

/** Whether a task is of a test, or of one of its parts. */
export function isOf(task: TaskRecord | null, run: TestRun): boolean {
  for (let each = task; each !== null; each = each.parent) if (each === run.record) return true;
  return false;
}

/** The tests and hooks that have begun and are not over, oldest first. */
export function pendingTests(): readonly TestRun[] {
  return [...pending];
}

/** All tests that have not been forgotten: those of one file, in the order in which they began. */
export function knownTests(): readonly TestRun[] {
  return [...runs.values()];
}

/** The file is over, and with it its tests, but for those that are pending. */
export function forgetTests(): void {
  for (const [record, run] of runs) if (!pending.has(run)) runs.delete(record);
}

/** The test whose code runs now, or the only one that is pending. */
export function runningTest(): TestRun | null {
  const current = testOf(currentTask());
  if (current !== null) return current;
  const [only, ...others] = pendingTests().filter(({ isReported }) => !isReported);
  return only === undefined || others.length > 0 ? null : only;
}

/** The test as a report names it, at a moment on the runtime clock. */
export function entryOf(run: TestRun, problem: TestProblem, at: number = now()): TestEntry {
  const { runner, file, name, timeoutMs, startedAt, endedAt } = run;
  const place = run.place();
  return {
    runner,
    problem,
    file,
    name,
    line: place?.line ?? null,
    column: place?.column ?? null,
    ranMs: Math.round(((endedAt ?? at) - startedAt) * 10) / 10,
    timeoutMs,
  };
}
