// The Node processes that can be seen. Nothing is sent to them, and nothing of theirs is executed.
import { readFileSync, readlinkSync, statSync } from 'node:fs';
import { basename, isAbsolute, join, relative } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ListedProcess } from '../../report/processes.ts';
import { ReadError } from '../read-error.ts';
import { isNodeName, readNodeExecutable, type NodeExecutable } from './executable.ts';
import { refusalOf } from './permission.ts';
import { allPids, readExecutable, readStatus, readWords, systemRoot, userName, type ProcessStatus } from './status.ts';

export interface ListOptions {
  /** The command that reads this process. */
  readonly commandFor: (pid: number) => string;
  /** For how long to look how busy they are. Default 100 ms. */
  readonly lookMs?: number;
}

const ticksPerSecond = 100; // USER_HZ, the same on all that Node runs on

/**
 * All Node processes but this one, and but the package runner that started this one; by pid.
 * @throws ReadError `unsupported` where the system does not tell
 */
export async function listNodeProcesses({ commandFor, lookMs = 100 }: ListOptions): Promise<ListedProcess[]> {
  const pids = allPids();
  if (pids.length === 0) {
    throw new ReadError(
      'unsupported',
      'processes can be listed on Linux only; elsewhere give a pid, and --via inspector',
    );
  }
  const reader = new ExecutableReader();
  const own = ownPids();
  const found = pids.flatMap((pid) => {
    const status = own.has(pid) ? null : readStatus(pid);
    const executable = status === null || status.ended ? null : reader.read(status);
    return status === null || executable === null
      ? []
      : [{ status, executable, ranMs: ranMs(pid), at: performance.now() }];
  });
  await pause(lookMs);
  return found.flatMap(({ status, executable, ranMs: before, at }): ListedProcess[] => {
    const { pid, innerPid, residentBytes, user } = status;
    const after = ranMs(pid);
    const elapsed = performance.now() - at;
    const words = readWords(pid);
    if (words.length === 0) return []; // it has ended
    return [
      {
        format: 'loopscope-process',
        version: 1,
        pid,
        innerPid,
        user: { id: user.effective, name: userName(user.effective) },
        node: executable.version,
        uptimeMs: uptimeMs(pid),
        busy: before === null || after === null ? null : Math.min(1, (after - before) / elapsed),
        residentBytes,
        command: commandOf(pid, words),
        refusal: refusalOf(pid, { command: commandFor(pid) }),
      },
    ];
  });
}

/** Knows each executable once: hundreds of processes share a few. */
class ExecutableReader {
  readonly #known = new Map<string, NodeExecutable | null>();

  /** Null if the process is not Node. */
  read({ pid, name }: ProcessStatus): NodeExecutable | null {
    const path = readExecutable(pid);
    // Of others' processes only their command line can be seen.
    if (path === null)
      return isNodeName(basename(readWords(pid)[0] ?? '')) || isNodeName(name) ? { version: '' } : null;
    const file = `/proc/${pid}/exe`;
    let key: string;
    try {
      const { dev, ino } = statSync(file);
      key = `${dev}:${ino}:${path}`;
    } catch {
      return null;
    }
    let executable = this.#known.get(key);
    if (executable === undefined) this.#known.set(key, (executable = readNodeExecutable(file, basename(path))));
    return executable;
  }
}

/** Whether a process is Node, as far as can be seen from outside. */
export function isNodeProcess(status: ProcessStatus): boolean {
  return new ExecutableReader().read(status) !== null;
}

/** This process, and the npx or npm which runs it. */
function ownPids(): Set<number> {
  const own = new Set([process.pid]);
  for (
    let status = readStatus('self');
    status !== null && status.parentPid > 1;
    status = readStatus(status.parentPid)
  ) {
    const words = readWords(status.parentPid);
    if (/^(npm|pnpm|yarn) |[/\\](npm|npx|pnpm|pnpx|yarn)(-cli)?(\.c?js)?$/.test(words.slice(0, 2).join('\n'))) {
      own.add(status.parentPid);
    }
  }
  return own;
}

/** The script and its arguments: without Node itself, unless options for Node come first. */
function commandOf(pid: number, words: readonly string[]): string {
  const [first = '', second = '', ...rest] = words;
  if (second === '') return first === '' ? 'node' : first;
  if (!isNodeName(basename(first))) return words.join(' ');
  if (second.startsWith('-')) return ['node', second, ...rest].join(' ');
  return [isAbsolute(second) ? withinDirectory(pid, second) : second, ...rest].join(' ');
}

/** A path as it is written in the directory of the process. */
function withinDirectory(pid: number, path: string): string {
  try {
    const inside = relative(readlinkSync(`/proc/${pid}/cwd`), path);
    return inside.startsWith('..') ? path : inside;
  } catch {
    return path;
  }
}

/** For how long its main thread has had a processor. */
function ranMs(pid: number): number | null {
  const nanoseconds = Number(readLine(pid, 'schedstat').split(' ')[0] || Number.NaN);
  return Number.isNaN(nanoseconds) ? null : nanoseconds / 1e6;
}

/** For how long a process runs, to a hundredth of a second; null where the system does not tell. */
export function uptimeMs(pid: number): number | null {
  const stat = readLine(pid, 'stat');
  const startTicks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? Number.NaN);
  let systemSeconds: number;
  try {
    systemSeconds = Number.parseFloat(readFileSync('/proc/uptime', 'latin1'));
  } catch {
    return null;
  }
  const milliseconds = (systemSeconds - startTicks / ticksPerSecond) * 1000;
  return Number.isNaN(milliseconds) ? null : Math.max(0, Math.round(milliseconds));
}

function readLine(pid: number, file: string): string {
  try {
    return readFileSync(join(systemRoot, 'proc', String(pid), file), 'latin1');
  } catch {
    return '';
  }
}
