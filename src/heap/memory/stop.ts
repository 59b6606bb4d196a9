// Stops a process for the time of a reading, and makes sure that it goes on.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ReadError } from '../read-error.ts';

const patienceMs = 2000;

/**
 * Sends SIGSTOP and waits until the process stands still. Gives back what lets it go on, and says for how many
 * milliseconds it stood still; it may be called twice. A process that somebody else had stopped stays stopped.
 */
export async function stopProcess(pid: number): Promise<() => number> {
  if (stateOf(pid) === 'T') return () => 0;
  const started = performance.now();
  send(pid, 'SIGSTOP');
  let stoodMs: number | null = null;
  const goOn = (): number => {
    if (stoodMs !== null) return stoodMs;
    stoodMs = Math.round(performance.now() - started);
    for (const [event, listener] of endings) process.off(event, listener);
    try {
      process.kill(pid, 'SIGCONT');
    } catch {
      // it was killed meanwhile
    }
    return stoodMs;
  };
  // Whatever ends this process must not leave the other one standing.
  const endings = [
    ['exit', goOn],
    ...(['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => [signal, () => endBy(signal, goOn)] as const),
  ] as const;
  for (const [event, listener] of endings) process.once(event, listener);
  while (stateOf(pid) !== 'T') {
    if (performance.now() - started > patienceMs) {
      goOn();
      throw new ReadError('busy', `process ${pid} does not stop: it waits in the kernel; try without --stop`);
    }
    await sleep(1);
  }
  return goOn;
}

function endBy(signal: NodeJS.Signals, goOn: () => void): void {
  goOn();
  process.kill(process.pid, signal);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ESRCH') throw new ReadError('gone', `there is no process ${pid}`);
    throw new ReadError('permission', `process ${pid} may not be stopped by you: leave out --stop`, { cause: error });
  }
}

/** One letter, `T` when it is stopped; empty when it is gone. */
function stateOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat[stat.lastIndexOf(')') + 2] ?? '';
  } catch {
    throw new ReadError('gone', `process ${pid} ended while it was read`);
  }
}
