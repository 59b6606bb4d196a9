// Where a report goes when the process writes it itself: appended to a file, or to stderr.
import { closeSync, constants, openSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { Format } from '../config.ts';
import type { Report } from '../report/format.ts';
import { renderJson } from '../reporters/json.ts';
import { renderText, type TextOptions } from '../reporters/text.ts';
import { renderWhy } from '../reporters/why.ts';
import { complain } from '../runtime/complain.ts';
import { writeFully } from '../runtime/write.ts';

const fileWidth = 100;
const unknownWidth = 80; // of a terminal without a size, such as a container's

export interface Destination {
  readonly format: Format;
  /** The file that reports are appended to; null for stderr. */
  readonly output: string | null;
  /** When a process is to say why it does not end, and nothing else; left out where that is not asked. */
  readonly why?: number | 'idle' | null;
}

/**
 * Writes a report; to stderr where the file cannot be written. Throws if stderr cannot be written.
 * @param options how to draw on stderr where it should not be as the terminal says
 */
export function writeReport(report: Report, destination: Destination, options: TextOptions = {}): void {
  const { output } = destination;
  if (output !== null) {
    try {
      appendFully(output, render(report, destination, { width: fileWidth }));
      return;
    } catch (error) {
      complain('the report is here, because its file cannot be written', error);
    }
  }
  writeFully(2, render(report, destination, { ...terminal(), ...options }));
}

/** Appends to a file. What would block for ever, a FIFO that nobody reads, throws. */
export function appendFully(file: string, text: string): void {
  const { O_APPEND, O_CREAT, O_NONBLOCK, O_WRONLY } = constants;
  const descriptor = openSync(file, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, 0o666);
  try {
    writeFully(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
}

/** How to draw on stderr: as wide as the terminal, and in colour if it has them and NO_COLOR does not forbid. */
function terminal(): TextOptions {
  if (!isatty(2)) return {};
  const { columns } = process.stderr;
  return { width: columns > 0 ? columns : unknownWidth, colour: process.stderr.hasColors() };
}

function render(report: Report, { format, why }: Destination, options: TextOptions): string {
  if (format === 'json') return renderJson(report);
  return why === undefined || why === null ? renderText(report, options) : renderWhy(report, options);
}
