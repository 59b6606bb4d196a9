// The program as a child process: the folder of its run, how it ended, and how it is ended with all that is below it.
import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { UsageError } from '../errors.ts';
import { RunDirectory } from '../process/run-directory.ts';
import { processesBelow } from './processes.ts';
import { notExecutable, notFound } from './program.ts';

/** How a program ended. */
export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** How often it is looked whether something has happened, in milliseconds. */
export const pollMs = 20;

/**
 * The folder of a run.
 * @param need who needs it for what: `run needs a folder for its reports`
 * @throws UsageError if there can be none
 */
export function createRunDirectory(need: string): RunDirectory {
  try {
    return RunDirectory.create();
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${need}, set TMPDIR to one that exists and is writable: ${cause}`);
  }
}

/**
 * Resolves when the child has ended.
 * @throws UsageError with exit code 127 if there is no such file, 126 if it could not be started
 */
export function endOf(child: ChildProcess, file: string): Promise<End> {
  return new Promise((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      const exitCode = error.code === 'ENOENT' ? notFound : notExecutable;
      reject(new UsageError(`${file} could not be started: ${error.message}`, exitCode));
    });
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

/** Ends processes and all below them: kindly at first, and by SIGKILL what is left after `graceMs` milliseconds. */
export async function endAllBelow(roots: readonly number[], graceMs: number): Promise<void> {
  let left = processesBelow(roots);
  for (const pid of left) send(pid, 'SIGTERM');
  for (let waited = 0; waited < graceMs && left.size > 0; waited += pollMs) {
    await pause(pollMs);
    left = processesBelow(left);
  }
  for (const pid of left) send(pid, 'SIGKILL');
}

/** False if there is no such process any more. */
export function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
