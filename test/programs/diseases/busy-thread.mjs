// A server whose worker thread has no time left.
import { createServer } from 'node:http';
import { isMainThread, Worker } from 'node:worker_threads';

if (isMainThread) {
  createServer((_, response) => response.end('ok')).listen(0);
  new Worker(new URL(import.meta.url));
} else {
  const spin = () => {
    let sum = 0;
    for (let i = 0; i < 2e7; i++) sum += Math.sqrt(i);
    return sum;
  };
  let rounds = 0;
  setInterval(() => {
    spin();
    if (++rounds === 10) process.stderr.write('spun \n');
  }, 1);
}
