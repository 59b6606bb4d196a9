// What holds functions back in other libraries: limits, semaphores, locks, queues, and the pause before another attempt.
import AsyncLock from 'async-lock';
import { Sema } from 'async-sema';
import fastq from 'fastq';
import pLimit from 'p-limit';
import pRetry from 'p-retry';

const held = [];
const hang = () => new Promise((resolve) => held.push(resolve));

const limit = pLimit(1);
async function limited() {
  await limit(hang); // suspended: limited ×3
}

const sema = new Sema(1);
async function guarded() {
  await sema.acquire(); // suspended: guarded ×2
  await hang(); // suspended: guarded
  sema.release();
}

const lock = new AsyncLock();
async function locked() {
  await lock.acquire('account', hang); // suspended: locked ×3
}

const queue = fastq.promise(hang, 1);
async function queued(job) {
  await queue.push(job); // suspended: queued ×3
}

async function flaky() {
  throw new Error('not yet');
}

async function persistent() {
  await pRetry(flaky, { minTimeout: 50_000, maxTimeout: 50_000, factor: 1, randomize: false }); // suspended: persistent
}

for (let job = 0; job < 3; job++) void Promise.all([limited(), guarded(), locked(), queued(job)]);
void persistent();
setTimeout(() => process.exit(), 60_000);
setTimeout(console.log, 50, 'READY');

// chain: limited → ... → [* found] ×3
// chain: guarded → [* found held]
// chain: guarded → [* found] ×3
// chain: locked → ... → [* found] ×3
// chain: queued → ... → [* found] ×3
// chain: persistent → ... → [timer found]
