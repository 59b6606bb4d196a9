// Prints what a program can see of the libraries: with the hook and without, it is the same.
import { createRequire } from 'node:module';
import AsyncLock from 'async-lock';
import * as asyncMutex from 'async-mutex';
import * as asyncSema from 'async-sema';
import * as fastq from 'fastq';
import * as pLimit from 'p-limit';
import * as pLimit3 from 'p-limit-3';
import * as pQueue from 'p-queue';
import * as pRetry from 'p-retry';

const require = createRequire(import.meta.url);
const print = (...words) => console.log(...words);
process.on('unhandledRejection', (error) => print('unhandled', error.message));
const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

function shape(value) {
  if (typeof value !== 'function') return typeof value;
  const own = (object) =>
    Reflect.ownKeys(object ?? {}).map((key) => {
      const { value: member, enumerable, writable } = Object.getOwnPropertyDescriptor(object, key);
      return `${String(key)} ${typeof member === 'function' ? `${member.name}/${member.length}` : ''} ${enumerable} ${writable}`;
    });
  return { name: value.name, length: value.length, own: own(value), prototype: own(value.prototype) };
}

for (const module of [asyncMutex, asyncSema, fastq, pLimit, pLimit3, pQueue, pRetry, { AsyncLock }]) {
  for (const [name, value] of Object.entries(module)) print(name, JSON.stringify(shape(value)));
}
print(require('p-limit-3') === pLimit3.default, require('async-sema') === asyncSema.default);
print(require('p-limit') === pLimit, require('async-mutex').Mutex === asyncMutex.Mutex);

// The order of events, down to single microtasks: how many had run since `start` was called.
const start = () => {
  let tick = 0;
  void (async () => {
    while (tick < 100) {
      await null;
      tick++;
    }
  })();
  return (what) => () => print(what, tick);
};

class MyQueue extends pQueue.default {
  add(...args) {
    print('add of the subclass');
    return super.add(...args);
  }
}
const queue = new MyQueue({ concurrency: 1 });
print(queue instanceof pQueue.default, queue.constructor === MyQueue, Object.keys(queue).join(), JSON.stringify(queue));
let at = start();
const added = [queue.add(async () => 1), queue.add(() => 2), queue.addAll([async () => 3])];
for (const promise of added) void promise.then(at('job'));
print(added.map((promise) => promise.constructor.name).join());
void queue.onIdle().then(at('idle'));
await turn();
at = start();
await queue
  .add(async () => {
    throw new Error('job');
  })
  .catch((error) => print(error.message, Object.keys(error).join()));
void queue.add(async () => {
  throw new Error('job that nobody handles');
});
void queue.add(() => Promise.reject(new Error('and another')));
await turn();

const limit = pLimit.default(1);
at = start();
const limited = [limit(async (a, b) => a + b, 1, 2), limit(() => 2), limit.map([1, 2], (value) => value * 2)];
for (const promise of limited) void promise.then(at('limited'));
print(limit.activeCount, limit.pendingCount, limit.concurrency, Object.getOwnPropertyNames(limit).join());
void limit(async () => {
  throw new Error('limited that nobody handles');
});
await turn();

const mutex = new asyncMutex.Mutex();
at = start();
const release = await mutex.acquire();
print(typeof release, release.length, release.name, mutex.isLocked());
const waiting = [mutex.acquire(), mutex.runExclusive(async () => 'exclusive'), mutex.waitForUnlock()];
void waiting[0].then(at('acquired'));
void waiting[0].then((free) => free());
for (const promise of waiting.slice(1)) void promise.then(at('after it'));
release();
release();
await turn();
const first = await mutex.acquire();
const cancelled = mutex.acquire();
mutex.cancel();
await cancelled.catch((error) => print(error === asyncMutex.E_CANCELED));
void mutex.acquire();
mutex.cancel();
await turn();
first();

const semaphore = new asyncMutex.Semaphore(3);
print(await semaphore.runExclusive(async (value) => value, 2), semaphore.getValue());
const [value, free] = await semaphore.acquire(2);
print(value, typeof free, semaphore.getValue());
semaphore.release(2);
await asyncMutex.withTimeout(new asyncMutex.Mutex(), 1).runExclusive(() => print('with timeout'));

const sema = new asyncSema.Sema(1, { initFn: () => 'token' });
at = start();
const tokens = [sema.acquire(), sema.acquire()];
for (const promise of tokens) void promise.then((token) => print(token), at('token'));
print(sema.nrWaiting(), sema.tryAcquire());
sema.release('token');
await turn();

const lock = new AsyncLock({ timeout: 10 });
at = start();
const locked = [
  lock.acquire('a', async () => 1),
  lock.acquire('a', (done) => done(null, 2)),
  lock.acquire(['a', 'b'], () => 3),
];
for (const promise of locked) void promise.then(at('locked'));
lock.acquire(
  'a',
  (done) => done(new Error('in the lock')),
  (error) => print(error.message),
);
await turn();
void lock.acquire('a', () => new Promise(() => {})).catch((error) => print(error.message));
await lock.acquire('a', () => {}).catch((error) => print(error.message));

const items = fastq.default(function worker(item, done) {
  print(item, this?.name);
  done(item === 2 ? new Error('item') : null, item * 2);
}, 1);
items.push(1, (error, result) => print(error, result));
items.push(2, (error, result) => print(error.message, result));
const context = fastq.default.promise(
  { name: 'context' },
  async function worker(item) {
    if (item === 3) throw new Error('item 3');
    return this.name;
  },
  1,
);
at = start();
print(await context.push(1));
void context.push(3);
await context.push(3).catch((error) => print(error.message));
await context.drained();
at('drained')();

const attempts = [];
const retried = pRetry.default(
  (attempt) => {
    attempts.push(attempt);
    if (attempt < 3) throw new Error('not yet');
    return attempt;
  },
  { minTimeout: 1, retries: 5 },
);
print(retried.constructor.name, await retried, attempts.join());
void pRetry.default(
  async () => {
    throw new Error('retry that nobody handles');
  },
  { retries: 0 },
);
print(await pRetry.makeRetriable(async (value) => value, { retries: 1 })(7));
await turn();

// A stack ends after ten frames: those of the program are among them.
const placeOrder = () => pRetry.default(() => Promise.reject(new Error('deep')), { retries: 0 });
const handleOrder = async () => {
  const order = await placeOrder();
  return order;
};
const serveOrders = async () => {
  const orders = await handleOrder();
  return orders;
};
const names = ({ stack }) => stack.match(/\b(?:placeOrder|handleOrder|serveOrders)\b/g).join();
print(await serveOrders().catch(names));
