// Asks for a report, and waits until it was made: the signal is handled in a turn of its own.
import { setTimeout as pause } from 'node:timers/promises';

export async function askForReport(): Promise<void> {
  const asked = new Promise((resolve) => void process.once('SIGUSR2', () => setTimeout(resolve, 1)));
  const alive = setTimeout(() => {}, 10_000);
  process.kill(process.pid, 'SIGUSR2');
  await asked;
  clearTimeout(alive);
  await pause(1);
}
