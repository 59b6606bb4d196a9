// The thread that asks the main thread which task it runs, while it runs something.
import { Session } from 'node:inspector';
import { workerData } from 'node:worker_threads';
import { pause } from './pause.ts';
import { schedulingOf } from './scheduling.ts';
import { sampling, type TaskTimesData } from './task-times.ts';

const intervalMs = 10;
// What a thread that is idle but for being asked uses: it need not be asked again.
const idleMs = 0.5;

const { state, expression } = workerData as TaskTimesData;
const session = new Session();
session.connectToMainThread();
try {
  let usedMs = 0;
  let isAsked = false;
  while (Atomics.load(state, 0) === sampling.on) {
    const now = schedulingOf(process.pid)?.cpuMs ?? Infinity;
    if (!isAsked && now - usedMs > idleMs) {
      usedMs = now;
      isAsked = true;
      session.post('Runtime.evaluate', { expression, silent: true }, () => {
        isAsked = false;
      });
    }
    await pause(intervalMs);
  }
} finally {
  session.disconnect();
  Atomics.store(state, 0, sampling.ended);
  Atomics.notify(state, 0);
}
