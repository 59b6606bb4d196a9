// Signals that ask a program to end.
import { constants } from 'node:os';

/** Whether it is the name of a signal that a process can listen for. */
export function canListenFor(signal: unknown): boolean {
  if (signal === 'SIGKILL' || signal === 'SIGSTOP') return false;
  return typeof signal === 'string' && Object.hasOwn(constants.signals, signal);
}

/**
 * Calls `handle` at the first of these signals. A second one ends the process, as it does without loopscope.
 * @returns what stops listening, and gives the signal that came, if one did
 */
export function onInterrupt(
  signals: readonly NodeJS.Signals[],
  handle: (signal: NodeJS.Signals) => void,
): () => NodeJS.Signals | null {
  let came: NodeJS.Signals | null = null;
  const stop = (): void => {
    for (const signal of signals) process.off(signal, listener);
  };
  const listener = (signal: NodeJS.Signals): void => {
    came = signal;
    stop();
    handle(signal);
  };
  for (const signal of signals) process.on(signal, listener);
  return () => {
    stop();
    return came;
  };
}

/** Ends this process by a signal, unless the program listens for it itself: then that is how it is told. */
export function endBy(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}
