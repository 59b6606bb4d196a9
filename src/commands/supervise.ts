// The parent of the program: hands its signals on, shows the reports that come, ends it at its timeout, and ends as it did.
import { spawn, type ChildProcess } from 'node:child_process';
import { watch } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { runEnvironment } from '../config.ts';
import { writeReport, type Destination } from '../process/deliver.ts';
import { UsageError } from '../errors.ts';
import { RunDirectory, type Member } from '../process/run-directory.ts';
import { complain } from '../runtime/complain.ts';
import type { Program } from './program.ts';
import { relaySignals } from './relay.ts';

export interface RunOptions extends Destination {
  /** When to report and end the program; null for never. */
  readonly timeoutMs: number | null;
  readonly otlp: string | null;
  readonly quiet: boolean;
  readonly debug: boolean;
  /** What the program preloads. */
  readonly registerUrl: string;
}

const timeoutExitCode = 124;
/** How long a process may take to report when it is asked, and to end when it is told to. */
const answerMs = 1000;
const endMs = 2000;
const pollMs = 20;

/** How the program ended. */
interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Runs the program to its end, and then ends this process in the same way. */
export async function supervise(program: Program, options: RunOptions): Promise<void> {
  const directory = RunDirectory.create();
  const inbox = new Inbox(directory, options);
  let end: End;
  try {
    const child = spawn(program.file, program.args, {
      stdio: 'inherit',
      env: runEnvironment({ ...options, runDirectory: directory.path }),
    });
    const ended = endOf(child, program);
    const stopRelaying = relaySignals(child, directory, () => void ask(directory, inbox, 'SIGUSR2'));
    const timedOut = await endOrTimeout(ended, child, directory, inbox, options.timeoutMs);
    end = timedOut ? { code: timeoutExitCode, signal: null } : await ended;
    await ended;
    stopRelaying();
  } finally {
    inbox.close();
    directory.remove();
  }
  endAs(end); // last: a signal ends this process at once
}

/** The reports that arrive in the run directory, shown as they come. */
class Inbox {
  readonly #directory: RunDirectory;
  readonly #options: RunOptions;
  readonly #watcher;
  /** Who has reported, as `pid-threadId`, since it was asked last. */
  readonly answered = new Set<string>();

  constructor(directory: RunDirectory, options: RunOptions) {
    this.#directory = directory;
    this.#options = options;
    this.#watcher = watch(directory.path, () => this.show());
  }

  show(): void {
    for (const report of this.#directory.collect()) {
      this.answered.add(memberKey(report.process));
      if (this.#options.quiet && this.#options.output === null) continue;
      try {
        writeReport(report, this.#options);
      } catch (error) {
        complain('a report could not be written', error);
      }
    }
  }

  /** One line beside the reports. */
  note(text: string): void {
    if (!this.#options.quiet) complain(text);
  }

  close(): void {
    this.#watcher.close();
    this.show();
  }
}

function endOf(child: ChildProcess, { file }: Program): Promise<End> {
  return new Promise((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      const exitCode = error.code === 'ENOENT' ? 127 : 126;
      reject(new UsageError(`${file} could not be started: ${error.message}`, exitCode));
    });
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
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
  await ask(directory, inbox, 'SIGUSR2');
  const pids = new Set([child.pid as number, ...directory.members().map(({ pid }) => pid)]);
  for (const pid of pids) send(pid, 'SIGTERM');
  await Promise.race([ended, pause(endMs, undefined, { ref: false })]);
  for (const pid of pids) send(pid, 'SIGKILL');
  inbox.note(`the program was ended after ${timeoutMs / 1000} s (--timeout)`);
  return true;
}

/** Has every process report, and says which did not. */
async function ask(directory: RunDirectory, inbox: Inbox, signal: NodeJS.Signals): Promise<void> {
  inbox.answered.clear();
  const asked = directory.members();
  for (const { pid, threadId } of asked) if (threadId === 0) send(pid, signal);
  const missing = (): Member[] => {
    const members = new Set(directory.members().map(memberKey));
    return asked.filter((member) => members.has(memberKey(member)) && !inbox.answered.has(memberKey(member)));
  };
  for (let waited = 0; waited < answerMs && missing().length > 0; waited += pollMs) {
    await pause(pollMs);
    inbox.show();
  }
  for (const { pid, threadId } of missing()) {
    if (!send(pid, 0)) continue;
    const thread = threadId === 0 ? '' : `, worker thread ${threadId},`;
    inbox.note(`pid ${pid}${thread} did not report within ${answerMs} ms: its event loop is blocked`);
  }
}

function memberKey({ pid, threadId }: Member): string {
  return `${pid}-${threadId}`;
}

/** False if there is no such process any more. */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** Ends this process as the program ended, or as its timeout says. */
function endAs({ code, signal }: End): void {
  if (signal === null) {
    process.exitCode = code ?? 0;
    return;
  }
  process.kill(process.pid, signal);
  setTimeout(() => process.exit(128), answerMs); // the signal takes a moment
}
