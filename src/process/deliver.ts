// Where a report goes when the process writes it itself: appended to a file, or to stderr.
import { appendFileSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { Format } from '../config.ts';
import type { Report } from '../report/format.ts';
import { renderJson } from '../reporters/json.ts';
import { renderText, type TextOptions } from '../reporters/text.ts';
import { writeFully } from '../runtime/write.ts';

const fileWidth = 100;

export interface Destination {
  readonly format: Format;
  /** The file that reports are appended to; null for stderr. */
  readonly output: string | null;
}

/** Writes a report. Throws if it cannot be written. */
export function writeReport(report: Report, { format, output }: Destination): void {
  if (output === null) writeFully(2, render(report, format, terminal()));
  else appendFileSync(output, render(report, format, { width: fileWidth }));
}

/** How to draw on stderr: as wide as the terminal, and in colour if it has them and NO_COLOR does not forbid. */
export function terminal(): TextOptions {
  return isatty(2) ? { width: process.stderr.columns, colour: process.stderr.hasColors() } : {};
}

function render(report: Report, format: Format, options: TextOptions): string {
  return format === 'json' ? renderJson(report) : renderText(report, options);
}
