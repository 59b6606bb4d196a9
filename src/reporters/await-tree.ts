// What a process awaits as trees for people.
import type { AwaitFilter } from '../report/await-filter.ts';
import type { AwaitReport } from '../report/awaits.ts';
import type { TextOptions } from './text.ts';

export interface AwaitTreeOptions extends TextOptions {
  readonly filter?: AwaitFilter;
  /** `down`: below each function what it awaits. `up`: below what is waited for, who awaits it. Default `down`. */
  readonly direction?: 'down' | 'up';
  /** Only trees through functions with this in their name, whatever its case. */
  readonly focus?: string;
  /** How many levels are drawn. Default: 100. */
  readonly depth?: number;
}

/** The trees as lines of text, with a line break at the end. */
export function awaitTree(report: AwaitReport, _options: AwaitTreeOptions = {}): string {
  return `pid ${report.process.pid}: ${report.functions.length} suspended functions\n`;
}
