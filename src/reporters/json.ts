// The report as JSON, one document on one line: JSON Lines where there are several.
import type { Report } from '../report/format.ts';

/** The report as one line, with a line break at the end. */
export function renderJson(report: Report): string {
  return `${JSON.stringify(report)}\n`;
}
