// Where a command writes what it was asked for: stdout, or a file that is appended to.
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isatty } from 'node:tty';
import { UsageError } from '../errors.ts';
import { appendFully } from '../process/deliver.ts';
import type { TextOptions } from '../reporters/text.ts';

const fileWidth = 100;
const unknownWidth = 80; // of a terminal without a size, such as a container's

/** How to draw there: as wide as the terminal, and in colour if it has them and NO_COLOR does not forbid. */
export function drawingOf(output: string | null): TextOptions {
  if (output !== null) return { width: fileWidth };
  if (!isatty(1)) return {};
  const { columns } = process.stdout;
  return { width: columns > 0 ? columns : unknownWidth, colour: process.stdout.hasColors() };
}

/** Writes to the end, however slow the reader is. A reader that went away, as `head`, ends this process quietly. */
export async function writeOutput(text: string, output: string | null): Promise<void> {
  if (output !== null) {
    try {
      appendFully(output, text);
    } catch (error) {
      throw new UsageError(`--output: cannot write to ${output}: ${(error as Error).message}`);
    }
    return;
  }
  await new Promise<void>((resolve) => {
    process.stdout.once('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
    process.stdout.write(text, () => resolve());
  });
  process.stdout.removeAllListeners('error');
}

/** Better now than when there is something to write. */
export function checkWritable(output: string, option = '--output'): void {
  const exists = existsSync(output);
  if (exists && statSync(output).isDirectory()) throw new UsageError(`${option}: ${output} is a folder`);
  try {
    accessSync(exists ? output : dirname(output), constants.W_OK);
  } catch {
    const cause = exists ? 'it is read-only' : 'its folder does not exist or is read-only';
    throw new UsageError(`${option}: cannot write to ${output}: ${cause}`);
  }
}
