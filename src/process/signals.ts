// Signals in a program under the hook: SIGUSR2 asks for a report; the first Ctrl-C reports before it ends the program.
import type { Reason } from '../report/format.ts';
import { complain } from '../runtime/complain.ts';
import { beforeEvent, catchSignal } from './events.ts';
import type { RunDirectory } from './run-directory.ts';

export interface SignalHandlers {
  /** Resolves when the program may end. */
  report(reason: Reason): Promise<void>;
  /** Ctrl-C is about to end the program, before its report. */
  ending(): void;
  /** Whether the run is recorded: then SIGTERM and SIGHUP leave the recording as Ctrl-C does. */
  readonly isRecorded: boolean;
  /** A signal ends the program now, after its report. */
  leave(): void;
}

// What the supervisor sends on unless the program got it directly, as from a terminal, which signals the whole group.
const relayed = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/**
 * Catches SIGUSR2, and under `loopscope run` Ctrl-C. There alone: a program that catches SIGINT does not die of it while
 * its loop is blocked, and only the supervisor can make up for that. Other signals are acknowledged if the program
 * listens for them.
 */
export function listenForSignals(directory: RunDirectory | null, handlers: SignalHandlers): void {
  const ask = async (reason: Reason): Promise<void> => {
    try {
      await handlers.report(reason);
    } catch (error) {
      complain('a report was lost', error);
    }
  };
  catchSignal('SIGUSR2');
  beforeEvent('SIGUSR2', () => void ask(directory?.isTimeout() === true ? 'timeout' : 'signal'));
  if (directory === null) return;

  for (const signal of relayed) beforeEvent(signal, () => directory.acknowledge(signal, process.pid));
  const ends = handlers.isRecorded ? (['SIGINT', 'SIGTERM', 'SIGHUP'] as const) : (['SIGINT'] as const);
  for (const signal of ends) reportBeforeEnd(signal, handlers, ask);
}

function reportBeforeEnd(
  signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP',
  handlers: SignalHandlers,
  ask: (reason: Reason) => Promise<void>,
): void {
  const caught = catchSignal(signal);
  let reported: Promise<void> | null = null;
  const interrupt = async (): Promise<void> => {
    const mayEnd = caught.isAlone(); // else the program has its own idea of it
    if (mayEnd) handlers.ending();
    // Caught no more: many listen once, clean up, and send the signal to themselves, which has to end them at once.
    else caught.stop();
    await (reported ??= ask('interrupt'));
    if (!mayEnd) return;
    handlers.leave();
    caught.stop();
    process.kill(process.pid, signal);
  };
  beforeEvent(signal, () => void interrupt());
}
