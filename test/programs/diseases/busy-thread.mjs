// A server whose worker thread has no time left.
import { createServer } from 'node:http';
import { isMainThread, Worker } from 'node:worker_threads';

const enoughMs = 1500;
const since = performance.now();

function spin() {
  let sum = 0;
  for (let index = 0; index < 2e7; index++) sum += Math.sqrt(index);
  return sum;
}

if (isMainThread) {
  createServer((_, response) => response.end('ok')).listen(0);
  new Worker(new URL(import.meta.url));
} else {
  const timer = setInterval(() => {
    spin();
    if (performance.now() - since < enoughMs) return;
    process.stderr.write('spun \n');
    clearInterval(timer);
    setInterval(spin, 1);
  }, 1);
}
