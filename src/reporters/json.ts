// The report as JSON, one document on one line: JSON Lines where there are several.
import type { Report } from '../report/format.ts';
import type { Examined } from './findings.ts';

/** The report as one line, with a line break at the end. */
export function renderJson(report: Report): string {
  return `${JSON.stringify(report)}\n`;
}

/** The same with the warnings of rules, which a process that only reports does not look for. */
export function renderExaminedJson({ report, warnings }: Examined): string {
  return `${JSON.stringify({ ...report, warnings })}\n`;
}
