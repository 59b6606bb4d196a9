// A worker and a watcher that are not needed any more.
import { once } from 'node:events';
import { watch } from 'node:fs';
import { Worker } from 'node:worker_threads';

const worker = new Worker("require('node:worker_threads').parentPort.on('message', () => {})", { eval: true }); // the mistake
await once(worker, 'online');
watch('.', () => {});
