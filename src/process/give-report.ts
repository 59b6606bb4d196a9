// Takes a report and puts it where it belongs. Loaded when the first report is asked for: what it needs (source maps, wait
// cycles) would make every start of every process slower.
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread, threadId } from 'node:worker_threads';
import { readBuild, type Config } from '../config.ts';
import type { Reason, Report } from '../report/format.ts';
import { joinAwaits } from '../report/join-awaits.ts';
import { shortenSteps } from '../heap/settler-steps.ts';
import { isUnsettled, isWorthShowing } from '../report/worth.ts';
import { load } from '../runtime/load.ts';
import { readOwnAwaits } from './read-awaits.ts';
import { RunDirectory } from './run-directory.ts';
import { takeReport } from './take-report.ts';

const ownFolder = fileURLToPath(new URL('..', import.meta.url));

/** Reports to the supervisor, or else as the configuration says. */
export function giveReport(
  reason: Reason,
  exitCode: number | null,
  config: Config,
  directory: RunDirectory | null,
): void {
  directory?.begin({ pid: process.pid, threadId });
  const report = takeReport(reason, exitCode);
  deliver(isToBeRead(report, config) ? withAwaits(report) : report, config, directory);
}

/** Hands a report to the supervisor, or else writes it as the configuration says. */
export function deliverReport(report: Report, config: Config): void {
  deliver(report, config, config.runDirectory === null ? null : new RunDirectory(config.runDirectory));
}

function deliver(report: Report, config: Config, directory: RunDirectory | null): void {
  if (directory?.isOver() === false) {
    directory.deliver(report); // the supervisor draws it
    return;
  }
  const { writeReport } = load(import.meta.url, './deliver') as typeof import('./deliver.ts');
  const { addOwnWarnings } = load(import.meta.url, './add-warnings') as typeof import('./add-warnings.ts');
  const examined = addOwnWarnings(report);
  if (!isWorthShowing(examined)) return;
  writeReport(examined, config);
  if (report.test !== undefined && readBuild().annotates) {
    (load(import.meta.url, './annotate') as typeof import('./annotate.ts')).annotate(examined);
  }
}

/**
 * Whether somebody asked where everything is parked. The end of a program is held up for it only where that may be why it
 * ends.
 */
function isToBeRead({ reason, process: ended }: Report, { why }: Config): boolean {
  if (!isMainThread) return false; // the main thread reads for all threads
  if (why !== null) return reason === 'exit' && ended.isDrained === true;
  return reason !== 'exit' || isUnsettled(ended);
}

function withAwaits(report: Report): Report {
  const awaits = readOwnAwaits();
  return awaits === null ? report : joinAwaits(report, shortenSteps(awaits), isProgram);
}

/** Whether a file is neither Node's, nor a library's, nor one of ours. */
export function isProgram(file: string): boolean {
  return !file.startsWith('node:') && !file.includes(`${sep}node_modules${sep}`) && !file.startsWith(ownFolder);
}
