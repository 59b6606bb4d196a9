// The same for libraries with a CommonJS build, and for the major version before.
const AsyncLock = require('async-lock');
const { Mutex, Semaphore } = require('async-mutex');
const { Mutex: Mutex4 } = require('async-mutex-04');
const { Sema } = require('async-sema');
const fastq = require('fastq');
const pLimit = require('p-limit-3');
const { default: PQueue } = require('p-queue-8');
const { default: pRetry } = require('p-retry-6');

const never = () => new Promise(() => {});

const queue = new PQueue({ concurrency: 1 });
void queue.add(async function job() {
  await never();
});
void queue.add(async () => {});

const limit = pLimit(1);
void limit(async function limited() {
  await never();
});
void limit(async function second() {});

const mutex = new Mutex();
void mutex.acquire();
void mutex.acquire();
const mutex4 = new Mutex4();
void mutex4.acquire();
void mutex4.runExclusive(never);
const semaphore = new Semaphore(1);
void semaphore.runExclusive(never);
void semaphore.waitForUnlock();

const sema = new Sema(1);
void sema.acquire();
void sema.acquire();

const lock = new AsyncLock();
void lock.acquire('key', never);
lock.acquire(
  'key',
  () => {},
  () => {},
);

const items = fastq(() => {}, 1);
items.push('a', () => {});
items.push('b', () => {});

void pRetry(
  async function fetchUser() {
    throw new Error('no');
  },
  { retries: 3, minTimeout: 60_000 },
);
setTimeout(() => process.exit(), 100);
