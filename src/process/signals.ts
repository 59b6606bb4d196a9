// Signals in a program under the hook: SIGUSR2 asks for a report; the first Ctrl-C reports before it ends the program.
import type { Reason } from '../report/format.ts';
import type { RunDirectory } from './run-directory.ts';
import { complain } from '../runtime/complain.ts';

export interface SignalHandlers {
  /** Resolves when the program may end. */
  report(reason: Reason): Promise<void>;
}

// What the supervisor sends on unless the program got it directly, as from a terminal, which signals the whole group.
const relayed = ['SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/**
 * Listens for SIGUSR2, and under `loopscope run` for Ctrl-C. There alone: a listener for SIGINT keeps a program whose
 * loop is blocked from dying of it, and only the supervisor can make up for that.
 */
export function listenForSignals(directory: RunDirectory | null, handlers: SignalHandlers): void {
  try {
    process.on('SIGUSR2', () => void handlers.report(directory?.isTimeout() === true ? 'timeout' : 'signal'));
  } catch (error) {
    complain('this system has no SIGUSR2: no report on a signal', error);
  }
  if (directory === null) return;
  const acknowledge = (signal: NodeJS.Signals): void => {
    try {
      directory.acknowledge(signal, process.pid);
    } catch {
      // the supervisor has ended: nobody waits for the acknowledgement
    }
  };

  let first = true;
  const interrupt = async (): Promise<void> => {
    acknowledge('SIGINT');
    const reported = first ? handlers.report('interrupt') : null;
    first = false;
    if (process.listenerCount('SIGINT') > 1) return; // the program has its own idea of Ctrl-C
    await reported;
    process.off('SIGINT', listener);
    process.kill(process.pid, 'SIGINT');
  };
  const listener = (): void => void interrupt();
  process.on('SIGINT', listener);
  acknowledgeWithProgram(acknowledge);
}

/** Acknowledges a signal for as long as the program listens for it: our listener alone would change what it does. */
function acknowledgeWithProgram(acknowledge: (signal: NodeJS.Signals) => void): void {
  const isRelayed = (name: string | symbol): name is NodeJS.Signals => (relayed as readonly unknown[]).includes(name);
  process.on('newListener', (name, listener) => {
    if (isRelayed(name) && listener !== acknowledge && !process.listeners(name).includes(acknowledge)) {
      process.prependListener(name, acknowledge);
    }
  });
  process.on('removeListener', (name) => {
    if (!isRelayed(name)) return;
    const listeners = process.listeners(name);
    if (listeners.length === 1 && listeners[0] === acknowledge) process.off(name, acknowledge);
  });
}
