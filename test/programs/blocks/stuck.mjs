// Comes to a stop in one way: its loop does not return any more. A task waits for a lock meanwhile. Argument: the way.
import { execSync } from 'node:child_process';
import { createTask, Lock } from '../../../dist/src/index.js';

function endless() {
  for (;;); // the culprit
}

async function storm() {
  for (;;) await null;
}

async function poll() {
  for (;;) await Promise.resolve();
}

const ways = { endless, storm, native: () => execSync('sleep 30'), 'at the start': endless };
const way = process.argv[2];
process.on('exit', (code) => console.log(`exit handler: ${code}`));
const lock = new Lock({ name: 'db' });
await lock.acquire();
void createTask(() => lock.acquire(), { name: 'waiter' });
if (way === 'at the start') endless();
if (way === 'storm at the start') await poll();
setTimeout(() => createTask(ways[way], { name: 'culprit' }), 1000);
setInterval(() => {}, 1000);
