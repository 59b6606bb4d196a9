// What a process awaits as a table for people: one row for all functions that wait alike.
import type { AwaitFilter } from '../report/await-filter.ts';
import type { AwaitWatch } from '../report/await-watch.ts';
import type { AwaitReport } from '../report/awaits.ts';
import type { TextOptions } from './text.ts';

export interface AwaitTableOptions extends TextOptions {
  readonly filter?: AwaitFilter;
  /** What earlier looks have shown, this one included. */
  readonly watch?: AwaitWatch;
}

/** The table as lines of text, with a line break at the end. */
export function awaitTable(report: AwaitReport, _options: AwaitTableOptions = {}): string {
  return `pid ${report.process.pid}: ${report.functions.length} suspended functions\n`;
}
