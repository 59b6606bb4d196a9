// What Linux says of a process from outside, as far as it decides whether its inspector may be opened.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Whether there is such a process; one that belongs to somebody else counts, one that only waits to be buried does not. */
export function isAlive(pid: number): boolean {
  if (/\) Z /.test(readText(`/proc/${pid}/stat`))) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Names of the threads, as Node and V8 set them. */
export function threadNames(pid: number): string[] {
  return eachThread(pid, (folder) => readFileSync(`${folder}/comm`, 'utf8').trim());
}

/** Whether it is Node: its platform names a thread so, in every version, wherever the binary lies. */
export function isNode(pid: number): boolean {
  return threadNames(pid).includes('DelayedTaskSche');
}

const SIGUSR1 = 1n << 9n;
const SIGTERM = 1n << 14n;

/** Whether SIGUSR1 calls a handler. Where it does not, it ends the process. */
export function catchesSigusr1(pid: number): boolean {
  return (signalMask(`/proc/${pid}/status`, 'SigCgt') & SIGUSR1) !== 0n;
}

/** Whether the thread is there by which Node opens the inspector on SIGUSR1. It alone blocks every signal. */
export function hasInspectorThread(pid: number): boolean {
  return eachThread(pid, (folder) => signalMask(`${folder}/status`, 'SigBlk')).some(
    (mask) => (mask & SIGUSR1) !== 0n && (mask & SIGTERM) !== 0n,
  );
}

/** Whether both are in one network: only then its loopback ports are ours. Assumed where it cannot be told. */
export function sharesNetwork(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`) === readlinkSync('/proc/self/ns/net');
  } catch {
    return true;
  }
}

/** The pid by which it knows itself: another one in a container. */
export function innerPid(pid: number): number {
  const [, ids] = /^NSpid:\s*(.*)$/m.exec(readText(`/proc/${pid}/status`)) ?? [];
  return Number(ids?.trim().split(/\s+/).at(-1) ?? pid);
}

/** The words of its command line and of NODE_OPTIONS, or none where they cannot be read. */
export function commandWords(pid: number): string[] {
  const words = readText(`/proc/${pid}/cmdline`).split('\0');
  const options = readText(`/proc/${pid}/environ`)
    .split('\0')
    .find((entry) => entry.startsWith('NODE_OPTIONS='));
  return [...words, ...(options?.slice('NODE_OPTIONS='.length).split(/\s+/) ?? [])];
}

function signalMask(file: string, name: string): bigint {
  const [, mask] = new RegExp(`^${name}:\\s*([0-9a-f]+)$`, 'm').exec(readText(file)) ?? [];
  return BigInt(`0x${mask ?? '0'}`);
}

/** Threads come and go: one that has ended meanwhile is left out. */
function eachThread<Value>(pid: number, read: (folder: string) => Value): Value[] {
  let ids: string[] = [];
  try {
    ids = readdirSync(`/proc/${pid}/task`);
  } catch {
    // no such process
  }
  return ids.flatMap((id) => {
    try {
      return [read(`/proc/${pid}/task/${id}`)];
    } catch {
      return [];
    }
  });
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
