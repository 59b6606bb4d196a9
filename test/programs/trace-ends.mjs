// Ends as its argument says, just after its last span.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { createTask, sleep } from 'loopscope';

const [mode] = process.argv.slice(2);
await createTask(async () => {}, { name: 'stored' });
await pause(600); // longer than a batch waits
await createTask(async () => void (await createTask(async () => {}, { name: 'first' })), { name: 'last' });
if (mode === 'exit') process.exit(7);
if (mode === 'throw') throw new Error('this line is expected');
if (mode === 'SIGTERM') {
  process.kill(process.pid, mode);
  await pause(10_000);
}
if (mode === 'wait') {
  console.log('waiting');
  await createTask(() => sleep(10_000), { name: 'waits' });
}
if (mode === 'family') await once(fork(import.meta.filename, ['return']), 'exit');
