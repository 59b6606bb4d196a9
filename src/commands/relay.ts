// Signals that reach the supervisor and are meant for the program.
import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { isatty } from 'node:tty';
import type { RunDirectory } from '../process/run-directory.ts';
import { complain } from '../runtime/complain.ts';

// A terminal, systemd and others signal the whole process group: the program then has the signal already, and sending it
// again would look like a second Ctrl-C. It acknowledges what it got; what it does not is sent on.
const relayed = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
// A loop that is busy for a moment acknowledges late, and a program that gets SIGTERM twice may skip its clean-up.
const acknowledgeMs = 250;
// What a terminal itself sends: a program that does not acknowledge, because it is not hooked, has these too.
const fromTerminal: ReadonlySet<string> = new Set(['SIGINT', 'SIGQUIT', 'SIGHUP']);
const answerMs = 1500;

type Relayed = (typeof relayed)[number];

/**
 * Sends signals on to the child until it has ended.
 * @param childOf the child; signals arrive when it has been spawned
 * @param report called for SIGUSR2
 * @returns what stops it
 */
export function relaySignals(childOf: () => ChildProcess, directory: RunDirectory, report: () => void): () => void {
  let isBlocked = false;

  const acknowledged = async (child: ChildProcess, signal: Relayed, milliseconds: number): Promise<boolean> => {
    const pid = child.pid as number;
    for (let waited = 0; waited < milliseconds; waited += 10) {
      if (hasEnded(child) || directory.takeAcknowledgement(signal, pid)) return true;
      await pause(10);
    }
    return false;
  };

  const relay = async (signal: Relayed): Promise<void> => {
    const child = childOf();
    const { pid } = child;
    if (pid === undefined) return; // it could not be started
    const isMember = directory.members().some((member) => member.pid === pid);
    // Ctrl-C in a terminal has most likely arrived, at a loop that is busy; elsewhere most likely not.
    const isSlow = signal === 'SIGINT' && isatty(0) && !isBlocked;
    if (await acknowledged(child, signal, isSlow ? answerMs : acknowledgeMs)) {
      isBlocked = false;
      return;
    }
    if (isBlocked && signal === 'SIGINT') {
      complain(`pid ${pid} does not answer Ctrl-C: killed`);
      child.kill('SIGKILL');
      return;
    }
    if (isMember || !fromTerminal.has(signal) || !isatty(0)) child.kill(signal);
    if (!isMember) return;
    // Of other signals too: an acknowledgement that nobody took would be taken for that of the next.
    const answered = await acknowledged(child, signal, isSlow ? acknowledgeMs : answerMs);
    if (answered || signal !== 'SIGINT') return;
    isBlocked = true;
    directory.ask(pid, 'interrupt'); // its watchdog reports, if it has one
    complain(`pid ${pid} does not answer: its event loop is blocked; Ctrl-C again kills it`);
  };

  const listeners = new Map<NodeJS.Signals, () => void>([
    ['SIGUSR1', () => void childOf().kill('SIGUSR1')],
    ['SIGUSR2', report],
  ]);
  for (const signal of relayed) {
    let last = Promise.resolve(); // one after the other, or two would share one acknowledgement
    listeners.set(signal, () => void (last = last.then(() => relay(signal))));
  }
  for (const [signal, listener] of listeners) process.on(signal, listener);
  return () => {
    for (const [signal, listener] of listeners) process.off(signal, listener);
  };
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
