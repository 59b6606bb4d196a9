// Of many reports those that count: the last of each thread, and those of all tests.
import type { Report } from './format.ts';

/** What came before is out of date. */
export class LastReports {
  readonly #reports = new Map<string, Report>();

  add(report: Report): void {
    const { process: of, test } = report;
    const about = test === undefined ? '' : `${test.file}\0${test.name}\0${test.problem}`;
    const key = `${of.pid} ${of.threadId} ${about}`;
    this.#reports.delete(key);
    this.#reports.set(key, report);
  }

  /** Oldest first. */
  all(): Report[] {
    return [...this.#reports.values()];
  }
}
