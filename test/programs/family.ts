// A task that never settles in the main thread, in a worker thread and in a child process each.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isMainThread, Worker } from 'node:worker_threads';
import { createTask } from 'loopscope';

const file = fileURLToPath(import.meta.url);
const stay = process.argv.includes('stay');
const isChild = process.argv.includes('child');
const place = isMainThread ? (isChild ? 'child' : 'parent') : 'worker';
createTask(() => new Promise(() => {}), { name: `in ${place}` });
if (stay) setInterval(() => {}, 1000);
// Its parent has ended: it goes too, without a report, which would come in time or not.
if (stay && isChild) process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL')).resume();
if (stay && place === 'parent') console.log('ready');
if (isMainThread && !isChild) {
  const words = stay ? ['stay'] : [];
  new Worker(file, { argv: words });
  const child = spawn(process.execPath, [file, 'child', ...words]);
  child.stderr.on('data', (text: Buffer) => console.log(`the child wrote to stderr: ${text.toString()}`));
  child.on('exit', (code) => console.log(`the child ended with ${code}`));
}
