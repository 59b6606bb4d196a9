// Asked to stop, the task waits on for what knows nothing of its signal.
import { setTimeout as later } from 'node:timers/promises';
import { createTask, sleep } from 'loopscope';

async function download(): Promise<void> {
  await later(60_000); // the mistake: without a signal
}

const task = createTask(download, { name: 'download' });
await sleep(100);
task.cancel();
await Promise.allSettled([task]);
