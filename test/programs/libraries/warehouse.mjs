// A warehouse as people write one, which knows nothing of loopscope: six things in it are stuck, each in its own way.
import { Mutex } from 'async-mutex';
import Bottleneck from 'bottleneck';
import { createPool } from 'generic-pool';
import CircuitBreaker from 'opossum';
import PQueue from 'p-queue';
import pRetry from 'p-retry';

const mails = new PQueue({ concurrency: 2 });
const ledger = new Mutex();
const scanners = createPool({ create: async () => ({}), destroy: async () => {} }, { max: 2 });
const carrier = new CircuitBreaker(bookCarrier, { volumeThreshold: 3, resetTimeout: 60_000 });
const labels = new Bottleneck({ maxConcurrent: 1 });

async function sendMail(order) {
  await new Promise(() => order); // the server for mails never answers
}

async function bookCarrier(order) {
  throw new Error(`no carrier for order ${order}`);
}

async function closeDay() {
  await ledger.acquire(); // and nobody releases it
}

async function bookOrder(order) {
  const release = await ledger.acquire();
  release(order);
}

async function scan() {
  return scanners.acquire(); // and nobody gives it back
}

async function printLabel(order) {
  await new Promise(() => order);
}

async function fetchRates() {
  return pRetry(
    async () => {
      throw new Error('connect ECONNREFUSED 10.0.0.7:443');
    },
    { retries: 9, minTimeout: 60_000 },
  );
}

for (let order = 1; order <= 5; order++) void mails.add(() => sendMail(order));
await closeDay();
for (let order = 1; order <= 3; order++) void bookOrder(order);
for (let order = 1; order <= 4; order++) void scan(order);
for (let order = 1; order <= 3; order++) await carrier.fire(order).catch(() => {});
for (let order = 1; order <= 20; order++) void labels.schedule(() => printLabel(order));
for (let order = 1; order <= 3; order++) void fetchRates();
setTimeout(() => process.exit(mails.size === 3 && !labels.empty() ? 0 : 1), 300);
