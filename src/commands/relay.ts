// Signals that reach the supervisor and are meant for the program.
import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import type { RunDirectory } from '../process/run-directory.ts';
import { complain } from '../runtime/complain.ts';

// A terminal, systemd and others signal the whole process group: the program then has the signal already, and sending it
// again would look like a second Ctrl-C. It acknowledges what it got; what it does not is sent on.
const acknowledgeMs = { SIGINT: 250, SIGTERM: 50, SIGHUP: 50, SIGQUIT: 50 } as const;
const answerMs = 1500;

type Relayed = keyof typeof acknowledgeMs;

/**
 * Sends signals on to the child until it has ended.
 * @param report called for SIGUSR2
 * @returns what stops it
 */
export function relaySignals(child: ChildProcess, directory: RunDirectory, report: () => void): () => void {
  const pid = child.pid;
  if (pid === undefined) return () => {};
  let unanswered = 0;

  const acknowledged = async (signal: Relayed, milliseconds: number): Promise<boolean> => {
    for (let waited = 0; waited < milliseconds; waited += 10) {
      if (hasEnded(child) || directory.takeAcknowledgement(signal, pid)) return true;
      await pause(10);
    }
    return false;
  };

  const relay = async (signal: Relayed): Promise<void> => {
    if (signal === 'SIGINT' && ++unanswered > 1) {
      complain(`pid ${pid} does not answer Ctrl-C: killed`);
      child.kill('SIGKILL');
      return;
    }
    const isMember = directory.members().some((member) => member.pid === pid);
    if (await acknowledged(signal, acknowledgeMs[signal])) unanswered = 0;
    else if (isMember || !process.stdin.isTTY) child.kill(signal);
    if (signal !== 'SIGINT' || unanswered === 0) return;
    if (!isMember || (await acknowledged(signal, answerMs))) unanswered = 0;
    else
      complain(`pid ${pid} does not answer: its event loop is blocked, so there is no report; Ctrl-C again kills it`);
  };

  const listeners = new Map<NodeJS.Signals, () => void>([
    ['SIGUSR1', () => void child.kill('SIGUSR1')],
    ['SIGUSR2', report],
  ]);
  for (const signal of Object.keys(acknowledgeMs) as Relayed[]) listeners.set(signal, () => void relay(signal));
  for (const [signal, listener] of listeners) process.on(signal, listener);
  return () => {
    for (const [signal, listener] of listeners) process.off(signal, listener);
  };
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
