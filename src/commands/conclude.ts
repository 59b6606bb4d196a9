// The end of a run: its findings are written in the forms that were asked for, and may decide the exit code.
import { readBuild } from '../config.ts';
import { complain } from '../runtime/complain.ts';
import type { LastReports } from './examine.ts';
import { failureOf, foundExitCode, type FailOn } from './fail-on.ts';
import { drawOutput, unwrittenExitCode, writeOutputs, type Output } from './report-outputs.ts';

/** What was asked for of the findings of a run. */
export interface Conclusion {
  readonly outputs: readonly Output[];
  /** Null where findings change no exit code. */
  readonly failOn: FailOn | null;
}

/**
 * Writes them.
 * @param say for what stands beside the reports on stderr
 * @returns the exit code of a program that ended with 0
 */
export function conclude(
  { outputs, failOn }: Conclusion,
  reports: LastReports,
  say: { readonly write: (text: string) => void; readonly note: (line: string) => void },
): number {
  const examined = reports.examine();
  const options = { root: readBuild().root, fails: failOn?.fails ?? (() => true) };
  // Text is there already.
  for (const { name, file } of outputs) {
    if (file !== null || name === 'text') continue;
    try {
      say.write(drawOutput(name, examined, options, {}));
    } catch (error) {
      complain(`the output ${name} was not written`, error);
    }
  }
  const isWritten = writeOutputs(outputs, examined, options);
  const failure = failOn === null ? null : failureOf(failOn, examined);
  if (failure !== null) {
    say.note(failure);
    return foundExitCode;
  }
  return isWritten ? 0 : unwrittenExitCode;
}
