// What a process awaits as JSON, one document on one line.
import type { AwaitFilter } from '../report/await-filter.ts';
import { awaitRows } from '../report/await-rows.ts';
import { viewAwaits } from '../report/await-view.ts';
import type { AwaitWatch } from '../report/await-watch.ts';
import type { AwaitReport } from '../report/awaits.ts';

export interface AwaitJsonOptions {
  /** Which functions have rows. The graph stays whole. */
  readonly filter?: AwaitFilter | undefined;
  /** What earlier looks have shown, this one included. */
  readonly watch?: AwaitWatch | undefined;
}

/** The report as it is, with the rows of the table, as one line with a line break at the end. */
export function awaitJson(report: AwaitReport, { filter, watch }: AwaitJsonOptions = {}): string {
  const rows = awaitRows(report, viewAwaits(report, { filter }));
  const seen =
    watch === undefined ? rows : rows.map((row) => Object.assign({ seen: watch.seen.get(row.key) ?? null }, row));
  const looks = watch === undefined ? {} : { looks: watch.looks, watchedMs: watch.lastAt - watch.firstAt };
  return `${JSON.stringify({ ...report, ...looks, rows: seen })}\n`;
}
