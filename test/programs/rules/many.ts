// Something for each of many rules to find, some of them with a threshold that is lower than their own. Reports itself.
import { CircuitBreaker, createTask, Lock, Queue, Semaphore, sleep } from '../../../src/index.ts';

const stock = new Lock({ name: 'stock' });
const hosts = new Semaphore(1, { name: 'hosts' });
const mails = new Queue<number>({ name: 'mails' });
const orders = new Queue<number>({ name: 'orders' });
const rates = new CircuitBreaker({ name: 'rates', failures: 1 });

// What nothing leads to, the garbage collector takes: somebody has the promise, and nobody its resolver.
const connected = new Promise(() => {});

async function connect(): Promise<void> {
  await connected; // stuck-wait
}

async function loadUser(): Promise<void> {
  await connect();
}

function summarise(): void {
  const start = process.cpuUsage();
  while (process.cpuUsage(start).user + process.cpuUsage(start).system < 600_000); // blocked-loop
}

createTask(loadUser, { name: 'load user' });
createTask(
  async () => {
    await stock.acquire(); // long-hold
    await sleep(60_000);
  },
  { name: 'ship' },
);
createTask(() => stock.acquire(), { name: 'buy' });
createTask(
  async () => {
    await hosts.acquire(); // permit-leak
  },
  { name: 'crawl' },
);
createTask(() => hosts.acquire(), { name: 'crawl more' });
for (let index = 0; index < 20; index++) mails.putNowait(index); // unbounded-queue
orders.putNowait(1);
createTask(
  async () => {
    while (true) await orders.get(); // and no taskDone
  },
  { name: 'worker' },
);
createTask(() => orders.join(), { name: 'import' }); // task-done-missing
await rates.run(() => Promise.reject(new Error('no rates today'))).catch(() => {}); // open-breaker
const stubborn = createTask(
  async () => {
    while (true) await sleep(60_000).catch(() => {});
  },
  { name: 'stubborn' },
);
stubborn.catch(() => {});
await sleep(300);
stubborn.cancel(); // ignored-cancel
summarise();
await sleep(300);
process.kill(process.pid, 'SIGUSR2');
await sleep(60_000);
void connected.then(summarise);
