// Whether the main thread of a process rests in its loop while it is looked at from outside. Linux; elsewhere nothing is known.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { systemRoot } from './status.ts';

/** A shorter time says little: any server computes for some milliseconds. */
const leastMs = 250;
const stepMs = 25;
/** Time for which it waits for a processor is counted when it has one again. */
const busyShare = 0.8;

interface Moment {
  readonly at: number;
  /** It ran or was ready to run. */
  readonly busyMs: number;
  /** The function of the kernel in which it sleeps; empty where it does not. */
  readonly sleepsIn: string;
}

/**
 * Begins to watch. What it returns is called when the process has been looked at: one sentence if the thread has not been in
 * its loop meanwhile, else null. It takes a quarter of a second at least where that seems so, and no time elsewhere.
 */
export function watchMainThread(pid: number, root: string = systemRoot): () => Promise<string | null> {
  const first = momentOf(pid, root);
  return async () => {
    if (first === null) return null;
    for (;;) {
      const moment = momentOf(pid, root);
      if (moment === null) return null;
      if (first.sleepsIn.includes('poll') || moment.sleepsIn.includes('poll')) return null; // it rests in its loop
      const elapsedMs = moment.at - first.at;
      if (elapsedMs >= leastMs) {
        const busyMs = moment.busyMs - first.busyMs;
        if (busyMs === 0 && moment.sleepsIn !== '' && moment.sleepsIn === first.sleepsIn) return asleep(moment);
        return busyMs < elapsedMs * busyShare ? null : busy(elapsedMs);
      }
      await wait(stepMs);
    }
  };
}

function busy(elapsedMs: number): string {
  return (
    `The main thread computed without a rest while it was looked at (${Math.round(elapsedMs)} ms). A function that runs is not ` +
    'suspended, and not shown: where the loop is blocked, --via inspector says by which.'
  );
}

function asleep({ sleepsIn }: Moment): string {
  return (
    `The main thread is not in its loop: it sleeps in a synchronous call (${sleepsIn} in the kernel), as of ` +
    'readFileSync or Atomics.wait.'
  );
}

function momentOf(pid: number, root: string): Moment | null {
  const folder = join(root, 'proc', String(pid), 'task', String(pid));
  try {
    const [cpu, waited] = readFileSync(join(folder, 'schedstat'), 'latin1').split(' ').map(Number);
    const stat = readFileSync(join(folder, 'stat'), 'latin1');
    const state = stat.charAt(stat.lastIndexOf(')') + 2);
    if (state === 'T' || state === 't' || cpu === undefined || waited === undefined) return null;
    const sleepsIn = state === 'R' ? '' : readFileSync(join(folder, 'wchan'), 'latin1').trim();
    return { at: performance.now(), busyMs: (cpu + waited) / 1e6, sleepsIn: sleepsIn === '0' ? '' : sleepsIn };
  } catch {
    return null;
  }
}
