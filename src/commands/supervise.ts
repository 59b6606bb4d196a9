// The parent of the program: hands its signals on, shows the reports that come, ends it at its timeout, and ends as it did.
import { spawn, type ChildProcess } from 'node:child_process';
import { watch, type FSWatcher } from 'node:fs';
import { constants } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { runEnvironment, type Address } from '../config.ts';
import { LastReports } from '../report/last.ts';
import { addWarnings } from '../process/add-warnings.ts';
import { isPackageManager } from '../report/package-manager.ts';
import { isWorthShowing } from '../report/worth.ts';
import type { RuleSettings } from '../rules/index.ts';
import { writeReport, type Destination } from '../process/deliver.ts';
import { memberKey, type Member, type RunDirectory } from '../process/run-directory.ts';
import { stuckExitCode } from '../process/stuck.ts';
import { complain } from '../runtime/complain.ts';
import { writeFully } from '../runtime/write.ts';
import { createRunDirectory, endAllBelow, endOf, pollMs, send, type End } from './child.ts';
import type { Conclusion } from './conclude.ts';
import type { Program } from './program.ts';
import { relaySignals } from './relay.ts';

export interface RunOptions extends Destination {
  /** What becomes of the findings at the end; null where nobody asked. */
  readonly conclusion: Conclusion | null;
  /** When to report and end the program; null for never. */
  readonly timeoutMs: number | null;
  readonly otlp: string | null;
  /** Where the metrics of all processes are served; null for nowhere. */
  readonly prometheus: Address | null;
  /** Where spans are written, an absolute path; null for what the environment says. */
  readonly traceFile: string | null;
  readonly quiet: boolean;
  /** Which rules look at the reports. */
  readonly rules: RuleSettings;
  /** Whether reports say what every rule answers. */
  readonly answers?: boolean;
  readonly debug: boolean;
  /** Whether the place of every handle and timer is noted. */
  readonly handles: boolean;
  /** Where CPU profiles are written, an absolute path; null for what the environment says. */
  readonly profile: string | null;
  /** Turns of the loop that take longer are blocks; null for what the environment says. */
  readonly blockThresholdMs: number | null;
  /** After how long a loop that does not return is reported; null for never. */
  readonly stuckAfterMs: number | null;
  /** Whether the program is ended then. */
  readonly stuckExit: boolean;
  /** Libraries that are not made visible; null for what the environment says. */
  readonly disable: string | null;
  readonly watchdog: boolean;
  readonly loop: boolean;
  /** The path of what the program preloads. */
  readonly preload: string;
}

const timeoutExitCode = 124;
/** How long a process may take to report when it is asked, and to end when it is told to. */
const answerMs = 1000;
// Reading its memory takes a large process some seconds.
const reportMs = 30_000;
const endMs = 2000;
/** When a signal that was to end this process has not. */
const ignoredMs = 100;

/** Runs the program to its end, and then ends this process in the same way. */
export async function supervise(program: Program, options: RunOptions): Promise<void> {
  const directory = createRunDirectory('run needs a folder for its reports');
  const inbox = new Inbox(directory, options);
  let end: End;
  let stopServing = (): void => {};
  try {
    if (options.prometheus !== null) {
      const { serveMetricsOfRun } = await import('./serve-metrics.ts');
      stopServing = serveMetricsOfRun(options.prometheus, directory, (line) => inbox.note(line));
    }
    // Before the program is there: a signal that comes meanwhile waits for it.
    const stopRelaying = relaySignals(
      () => child,
      directory,
      () => void ask(directory, inbox),
    );
    const child = spawn(program.file, program.args, {
      stdio: 'inherit',
      env: runEnvironment({ ...options, prometheus: options.prometheus !== null, runDirectory: directory.path }),
    });
    const ended = endOf(child, program.file);
    const timedOut = await endOrTimeout(ended, child, directory, inbox, options.timeoutMs);
    end = timedOut ? { code: timeoutExitCode, signal: null } : await ended;
    if (end.signal === 'SIGKILL' && directory.isStuck(child.pid as number)) end = { code: stuckExitCode, signal: null };
    await ended;
    stopRelaying();
  } finally {
    stopServing();
    inbox.close();
    directory.remove();
  }
  if (options.conclusion !== null && inbox.reports !== null) {
    const { conclude } = await import('./conclude.ts');
    const { examine } = await import('../reporters/findings.ts');
    const ended = end.signal ?? end.code;
    const code = await conclude(options.conclusion, inbox.reports.all().map(examine), inbox, { ended });
    if (end.code === 0) end = { code, signal: null };
  }
  endAs(end); // last: a signal ends this process at once
}

/** The reports that arrive in the run directory, shown as they come. */
class Inbox {
  readonly #directory: RunDirectory;
  readonly #options: RunOptions;
  /** Null where nobody asks for findings at the end. */
  readonly reports: LastReports | null;
  readonly #watcher: FSWatcher | null;
  /** Who has reported, as `pid-threadId`, since it was asked last. */
  readonly answered = new Set<string>();

  constructor(directory: RunDirectory, options: RunOptions) {
    this.#directory = directory;
    this.reports = options.conclusion === null ? null : new LastReports();
    this.#options = options;
    this.#watcher = this.#watch();
  }

  show(): void {
    for (const collected of this.#directory.collect()) {
      this.answered.add(memberKey(collected.process));
      if (collected.reason === 'exit' && isPackageManager(collected.process)) continue;
      const isQuiet = this.#options.quiet && this.#options.output === null;
      if (isQuiet && this.reports === null) continue;
      try {
        const report = addWarnings(collected, this.#options.rules, this.#options.answers);
        this.reports?.add(report);
        const isShown = (this.#options.why ?? null) !== null || isWorthShowing(report);
        if (!isQuiet && isShown) writeReport(report, this.#options);
      } catch (error) {
        complain('a report could not be written', error);
      }
    }
  }

  /** Null where the system has no watch left: reports then show when they are asked for, and at the end. */
  #watch(): FSWatcher | null {
    try {
      return watch(this.#directory.path, () => this.show()).on('error', () => {});
    } catch {
      return null;
    }
  }

  /** One line beside the reports. */
  note(text: string): void {
    if (!this.#options.quiet) complain(text);
  }

  /** What was asked for, quiet or not. */
  write(text: string): void {
    writeFully(2, text);
  }

  close(): void {
    this.#watcher?.close();
    this.show();
  }
}

/** Waits for the end. At the timeout it has all processes report, and then ends them. True if the time was over. */
async function endOrTimeout(
  ended: Promise<End>,
  child: ChildProcess,
  directory: RunDirectory,
  inbox: Inbox,
  timeoutMs: number | null,
): Promise<boolean> {
  if (timeoutMs === null) {
    await ended;
    return false;
  }
  const timer = new AbortController();
  const timeout = pause(timeoutMs, true, { signal: timer.signal });
  const timedOut = await Promise.race([ended.then(() => false), timeout]);
  timer.abort();
  await timeout.catch(() => {});
  if (!timedOut) return false;
  directory.markTimeout();
  await ask(directory, inbox);
  await endAllBelow([child.pid as number, ...directory.members().map(({ pid }) => pid)], endMs);
  inbox.note(`the program was ended after ${timeoutMs / 1000} s (--timeout)`);
  return true;
}

/** Has every process report, and says which did not. */
async function ask(directory: RunDirectory, inbox: Inbox): Promise<void> {
  inbox.answered.clear();
  const asked = directory.members();
  for (const { pid, threadId } of asked) {
    if (threadId !== 0) continue;
    directory.ask(pid, directory.isTimeout() ? 'timeout' : 'signal'); // for a loop that is blocked
    send(pid, 'SIGUSR2');
  }
  const missing = (): Member[] => {
    const members = new Set(directory.members().map(memberKey));
    return asked.filter((member) => members.has(memberKey(member)) && !inbox.answered.has(memberKey(member)));
  };
  const isBusy = (): boolean => missing().some((member) => directory.isReporting(member));
  for (let waited = 0; missing().length > 0; waited += pollMs) {
    if (waited >= answerMs && (waited >= reportMs || !isBusy())) break;
    await pause(pollMs);
    inbox.show();
  }
  inbox.show();
  for (const { pid } of asked) directory.ask(pid, null);
  for (const { pid, threadId } of missing()) {
    if (!send(pid, 0)) continue;
    const thread = threadId === 0 ? '' : `, worker thread ${threadId},`;
    inbox.note(`pid ${pid}${thread} did not report within ${answerMs} ms: its event loop is blocked`);
  }
}

/** Ends this process as the program ended, or as its timeout says. */
function endAs({ code, signal }: End): void {
  if (signal === null) {
    process.exitCode = code ?? 0;
    return;
  }
  process.kill(process.pid, signal);
  setTimeout(() => process.exit(128 + constants.signals[signal]), ignoredMs); // Node ignores SIGPIPE; this is what a shell says
}
