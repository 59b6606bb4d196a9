// What becomes of findings: they are written in the forms that were asked for, and may decide the exit code.
import { readBuild } from '../config.ts';
import { complain } from '../runtime/complain.ts';
import type { Examined } from '../reporters/findings.ts';
import type { TextOptions } from '../reporters/text.ts';
import { failureOf, foundExitCode, type FailOn } from './fail-on.ts';
import { unwrittenExitCode, writeFiles, type Output } from './outputs.ts';
import { render, summariesOf, type RendererName } from './report-renderers.ts';

/** What was asked for of the findings. */
export interface Conclusion {
  readonly outputs: readonly Output<RendererName>[];
  /** Null where findings change no exit code. */
  readonly failOn: FailOn | null;
}

/** Where things are said. */
export interface Log {
  /** What was asked for without a file. */
  readonly write: (text: string) => Promise<void> | void;
  /** One line beside that. */
  readonly note: (line: string) => void;
}

/**
 * Writes them.
 * @param options.ended the exit code of the program, or the signal that ended it; 0 by default
 * @param options.drawing how text is drawn in the log
 * @returns the exit code of what ended with 0
 */
export async function conclude(
  { outputs, failOn }: Conclusion,
  examined: readonly Examined[],
  log: Log,
  { ended = 0, drawing = {} }: { readonly ended?: number | string | null; readonly drawing?: TextOptions } = {},
): Promise<number> {
  const options = { root: readBuild().root, fails: failOn?.fails ?? (() => true) };
  for (const { name, file } of outputs) {
    if (file !== null) continue;
    try {
      await log.write(render(name, examined, options, drawing));
    } catch (error) {
      complain(`${name} was not written`, error);
    }
  }
  const draw = (name: RendererName): string => render(name, examined, options);
  const isWritten = writeFiles(outputs, draw, summariesOf(outputs, examined, options));
  const failure = failOn === null ? null : failureOf(failOn, examined);
  if (failure === null) return isWritten ? 0 : unwrittenExitCode;
  log.note(`${failure}, ${ended === 0 ? `exit code ${foundExitCode}` : `the program ended with ${ended} already`}`);
  return foundExitCode;
}
