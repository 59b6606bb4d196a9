// What a process leaves in shared memory for the case that its loop does not return and its main thread cannot be asked:
// what was pending a second ago at most, as a report whose sites are not mapped yet.
import type { StuckHandling } from '../loop/loop-guard.ts';
import type { Config } from '../config.ts';
import type { Reason } from '../report/format.ts';
import { load, pathBeside } from '../runtime/load.ts';
import type { RunDirectory } from './run-directory.ts';

/** `--stuck-exit` ends a program with this: EX_SOFTWARE, an internal error. */
export const stuckExitCode = 70;

const mostBytes = 512 * 1024;
const mostTasks = 500;

/** What the thread that reports for the main thread gets. */
export interface StuckData {
  readonly config: Config;
  /** A report as JSON; all zeros while there is none. */
  readonly memory: SharedArrayBuffer;
}

export interface StuckSources {
  readonly config: Config;
  readonly directory: RunDirectory | null;
  /** Takes the report of this process, and gives it to who wants it; false if a report is what blocks the loop. */
  readonly give: (reason: Reason) => boolean;
  /** How many tasks are pending. */
  readonly pending: () => number;
}

/** What the watchdog is to do about a loop that does not return. */
export function handleStuck({ config, directory, give, pending }: StuckSources): StuckHandling {
  const memory = new SharedArrayBuffer(config.earlyWatchdog ? mostBytes : 0);
  const bytes = new Uint8Array(memory);
  const encoder = new TextEncoder();
  const remember = (): void => {
    if (pending() > mostTasks) return; // a report of so many would take too long to take it every second
    const { takeUnmapped } = load(import.meta.url, './take-report') as typeof import('./take-report.ts');
    const text = JSON.stringify(takeUnmapped('stuck', null));
    const { read, written } = encoder.encodeInto(text, bytes);
    bytes.fill(0, read < text.length ? 0 : written); // half a report is none
  };
  return {
    afterMs: config.stuckAfterMs,
    exitCode: config.stuckExit ? stuckExitCode : null,
    askedFile: directory?.askFile(process.pid) ?? null,
    reportingFile: directory?.reportingFile({ pid: process.pid, threadId: 0 }) ?? null,
    give: (reason) => give(reason as Reason),
    lastResort: {
      module: pathBeside(import.meta.url, './stuck-report'),
      data: { config, memory } satisfies StuckData,
    },
    eager: config.earlyWatchdog,
    ...(config.earlyWatchdog && { remember }),
  };
}
