// The reports of a run with what rules say of them.
import type { Report } from '../report/format.ts';
import { examine, type Examined } from '../reporters/findings.ts';
import { findWarnings, rules } from '../rules/index.ts';

/** Names of all rules. */
export const ruleNames: readonly string[] = rules.map(({ name }) => name);

/** The report with what rules say of it, if it was not written with that, and all that is to be said. */
export function examineReport(report: Report): Examined {
  return examine(report.warnings === undefined ? { ...report, warnings: findWarnings(report) } : report);
}

/** The last report of each thread, and those of all tests: what came before is out of date. */
export class LastReports {
  readonly #reports = new Map<string, Report>();

  add(report: Report): void {
    const { pid, threadId } = report.process;
    const { test } = report;
    const key =
      test === undefined ? `${pid} ${threadId}` : `${pid} ${threadId} ${test.file} ${test.name} ${test.problem}`;
    this.#reports.delete(key);
    this.#reports.set(key, report);
  }

  /** Oldest first. */
  examine(): Examined[] {
    return [...this.#reports.values()].map(examineReport);
  }
}
