// Hangs in every library that the hook makes visible, and knows nothing of loopscope.
import AsyncLock from 'async-lock';
import { Mutex, Semaphore } from 'async-mutex';
import { Sema } from 'async-sema';
import fastq from 'fastq';
import pLimit, { limitFunction } from 'p-limit';
import PQueue from 'p-queue';
import pRetry from 'p-retry';

const never = () => new Promise(() => {});

const queue = new PQueue({ concurrency: 1 });
void queue.add(async function job() {
  await never();
});
void queue.add(async () => {});
void queue.onIdle();

const limit = pLimit(1);
void limit(async function limited() {
  await never();
});
void limit.map([1], async function mapped() {});
const limitedFunction = limitFunction(never, { concurrency: 1 });
void limitedFunction();

const mutex = new Mutex();
await mutex.acquire();
void mutex.runExclusive(async () => {});
const semaphore = new Semaphore(2);
await semaphore.acquire(2);
void semaphore.acquire();

const sema = new Sema(1);
await sema.acquire();
void sema.acquire();

const lock = new AsyncLock();
void lock.acquire('key', never);
void lock.acquire(['other', 'key'], never);

const items = fastq(() => {}, 1);
items.push('a', () => {});
items.push('b', () => {});
const promised = fastq.promise(never, 1);
void promised.push('a');

void pRetry(
  async function fetchUser() {
    throw new Error('no');
  },
  { retries: 3, minTimeout: 60_000 },
);
setTimeout(() => process.exit(), 100);
