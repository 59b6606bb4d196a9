// What the system knows of a thread: whether it ran, slept, or waited for a processor. Linux tells it; elsewhere all is null.
import fs from 'node:fs';

const { readFileSync, readlinkSync } = fs; // before they are watched as calls that block

/** How a thread spent its time so far. Milliseconds. */
export interface Scheduling {
  readonly cpuMs: number;
  /** It was ready to run, and others had the processors. */
  readonly waitMs: number;
}

/** What a thread does now. */
export interface Activity {
  /** `R` it runs, `S` and `D` it sleeps, `T` it is stopped. */
  readonly state: string;
  /** The function of the kernel in which it sleeps; empty where the system does not tell. */
  readonly sleepsIn: string;
}

/** The id that the thread which asks has in the system; 0 where the system does not tell. */
export function ownSystemId(): number {
  try {
    return Number(readlinkSync('/proc/thread-self').split('/').at(-1));
  } catch {
    return 0;
  }
}

/** Of the thread that asks; null where the system does not tell. */
export function ownScheduling(): Scheduling | null {
  return schedulingIn('/proc/thread-self');
}

/** Processor time of the thread that asks, in milliseconds: Node tells it everywhere, and in 1 µs. */
export function ownProcessorMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Of a thread of this process, by its id in the system: that of the main thread is the process's. Null where it is not told. */
export function schedulingOf(systemId: number): Scheduling | null {
  return schedulingIn(`/proc/self/task/${systemId}`);
}

/** What a thread of this process does now; null where the system does not tell. */
export function activityOf(systemId: number): Activity | null {
  const folder = `/proc/self/task/${systemId}`;
  const stat = read(`${folder}/stat`);
  if (stat === null) return null;
  const wait = read(`${folder}/wchan`) ?? '0';
  return { state: stat.charAt(stat.lastIndexOf(')') + 2), sleepsIn: wait === '0' ? '' : wait };
}

function schedulingIn(folder: string): Scheduling | null {
  const [cpu, wait] = read(`${folder}/schedstat`)?.split(' ').map(Number) ?? [];
  if (cpu === undefined || wait === undefined || Number.isNaN(cpu + wait)) return null;
  return { cpuMs: cpu / 1e6, waitMs: wait / 1e6 };
}

/** As UTF-8 this is one call into Node; any other way it would use what code that is interrupted in `fs` shares with it. */
function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
