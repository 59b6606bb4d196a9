// Where a report finds the test that runs now, in a process of a test runner.
import type { TestEntry } from '../report/format.ts';

let source: (() => TestEntry | null) | null = null;

/** Sets what knows it. */
export function setTestSource(read: () => TestEntry | null): void {
  source = read;
}

/** Whether a test runner's tests are seen in this thread: they are reported one by one, and not at exit. */
export function hasTests(): boolean {
  return source !== null;
}

/** The test whose code runs now, or the only one that is pending; null where there is none. */
export function currentTest(): TestEntry | null {
  return source?.() ?? null;
}
