// Takes a report and puts it where it belongs. Loaded when the first report is asked for: what it needs (source maps, wait
// cycles) would make every start of every process slower.
import type { Config } from '../config.ts';
import type { Reason } from '../report/format.ts';
import { load } from '../runtime/load.ts';
import type { RunDirectory } from './run-directory.ts';
import { takeReport } from './take-report.ts';

/** Reports to the supervisor, or else as the configuration says. */
export function giveReport(
  reason: Reason,
  exitCode: number | null,
  config: Config,
  directory: RunDirectory | null,
): void {
  const report = takeReport(reason, exitCode);
  if (directory !== null) {
    directory.deliver(report); // the supervisor draws it
    return;
  }
  const { writeReport } = load(import.meta.url, './deliver') as typeof import('./deliver.ts');
  writeReport(report, config);
}
