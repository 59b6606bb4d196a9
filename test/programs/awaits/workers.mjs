// Two worker threads and the main thread, all waiting.
import { isMainThread, threadId, Worker } from 'node:worker_threads';

const held = [];

async function deep(depth) {
  await new Promise((resolve) => held.push(resolve)); // suspended: deep ×3
  return depth;
}

async function inThread(id) {
  return await deep(id); // suspended: inThread ×3
}

async function onlyInMain() {
  await inThread(0); // suspended: onlyInMain
}

if (isMainThread) {
  let ready = 0;
  for (const name of ['mailer', 'resizer']) {
    const worker = new Worker(new URL(import.meta.url), { name });
    worker.on('message', () => ++ready === 2 && setImmediate(console.log, 'READY'));
  }
  void onlyInMain();
  setTimeout(() => process.exit(), 60_000);
} else {
  const { parentPort } = await import('node:worker_threads');
  void inThread(threadId);
  parentPort.on('message', () => {});
  parentPort.postMessage('ready');
}

// chain: onlyInMain → inThread → deep → [* found held]
// chain: inThread → deep → [* found held] ×3
