// Two tasks: one keeps the processor busy for six times as long as the other, and blocks the loop with it.
import { createTask, sleep } from 'loopscope';

/** By the processor time that was used: neighbours make it last longer. */
function spin(milliseconds: number): void {
  const start = process.threadCpuUsage();
  for (;;) {
    const { user, system } = process.threadCpuUsage(start);
    if ((user + system) / 1000 >= milliseconds) return;
  }
}

async function spinInTurns(times: number, milliseconds: number): Promise<void> {
  for (let turn = 0; turn < times; turn++) {
    await sleep(5);
    spin(milliseconds);
  }
}

await sleep(1000); // by now the watchdog runs
await Promise.all([
  createTask(() => spinInTurns(2, 450), { name: 'long' }),
  createTask(() => spinInTurns(10, 15), { name: 'short' }),
]);
