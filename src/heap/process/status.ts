// What the system says of a process to everybody: /proc/PID/status and what stands beside it.
import { readFileSync, readlinkSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where the files of the system are. Another folder in tests of systems which this one is not. */
export const systemRoot = '/';

/** One of the four ids that a process has of each kind; the system asks for all when another wants to read it. */
export interface Identity {
  readonly real: number;
  readonly effective: number;
  readonly saved: number;
}

export interface ProcessStatus {
  readonly pid: number;
  /** The process that it is a thread of: itself, unless somebody gave the id of a thread. */
  readonly leader: number;
  readonly parentPid: number;
  /** What the system calls it, at most 15 characters. */
  readonly name: string;
  /** Whether it has ended, and its parent has not asked for its exit code yet. */
  readonly ended: boolean;
  readonly user: Identity;
  readonly group: Identity;
  readonly capabilities: { readonly effective: bigint; readonly permitted: bigint };
  /** Its pid in its own pid namespace: another one in a container. */
  readonly innerPid: number;
  readonly residentBytes: number;
}

/** Null where there is no such process, or no /proc. */
export function readStatus(pid: number | 'self', root: string = systemRoot): ProcessStatus | null {
  let text: string;
  try {
    text = readFileSync(join(root, 'proc', String(pid), 'status'), 'latin1');
  } catch {
    return null;
  }
  const fields = new Map(
    text.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
  const words = (name: string): string[] => (fields.get(name) ?? '').trim().split(/\s+/);
  const number = (name: string): number => Number(words(name)[0]);
  const identity = (name: string): Identity => {
    const [real, effective, saved] = words(name).map(Number);
    return { real: real ?? -1, effective: effective ?? -1, saved: saved ?? -1 };
  };
  return {
    pid: number('Pid'),
    leader: number('Tgid'),
    parentPid: number('PPid'),
    name: (fields.get('Name') ?? '').trim(),
    ended: /^[ZXx]/.test(words('State')[0] ?? ''),
    user: identity('Uid'),
    group: identity('Gid'),
    capabilities: { effective: mask(words('CapEff')[0]), permitted: mask(words('CapPrm')[0]) },
    innerPid: Number(words('NSpid').at(-1)) || number('Pid'),
    residentBytes: (number('VmRSS') || 0) * 1024,
  };
}

function mask(text = ''): bigint {
  return /^[\da-f]+$/.test(text) ? BigInt(`0x${text}`) : 0n;
}

/** Of all processes that can be seen. Empty where there is no /proc. */
export function allPids(root: string = systemRoot): number[] {
  try {
    return readdirSync(join(root, 'proc'))
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** The words of its command line, as it shows them: a process may have put a title in their place. */
export function readWords(pid: number, root: string = systemRoot): string[] {
  try {
    const text = readFileSync(join(root, 'proc', String(pid), 'cmdline'), 'utf8');
    return text.replace(/\0+$/, '').split('\0');
  } catch {
    return [];
  }
}

/** The path of its executable; null where it has none or nobody may know. */
export function readExecutable(pid: number, root: string = systemRoot): string | null {
  try {
    return readlinkSync(join(root, 'proc', String(pid), 'exe')).replace(/ \(deleted\)$/, '');
  } catch {
    return null;
  }
}

/** The name of a user, or its number where it has none here. */
export function userName(id: number, root: string = systemRoot): string {
  try {
    const lines = readFileSync(join(root, 'etc/passwd'), 'utf8').split('\n');
    for (const line of lines) {
      const [name, , number] = line.split(':');
      if (name !== undefined && number === String(id)) return name;
    }
  } catch {
    // as in a container without users
  }
  return String(id);
}
