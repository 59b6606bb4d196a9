// A worker holds a mutex of async-mutex and never gives it back; others wait for it.
import { Mutex, Semaphore } from 'async-mutex';

const mutex = new Mutex();
const semaphore = new Semaphore(2);
const held = [];
const hang = () => new Promise((resolve) => held.push(resolve));

async function holder() {
  const release = await mutex.acquire();
  await hang(); // suspended: holder
  release();
}

async function waiter(id) {
  return await mutex.runExclusive(async () => id); // suspended: waiter ×3
}

async function downloads(id) {
  await semaphore.runExclusive(async () => {
    await hang(); // suspended: (anonymous) ×2
  }); // suspended: downloads ×5 @-2:3
  return id;
}

async function main() {
  void holder();
  const ids = [1, 2, 3];
  const transfers = [1, 2, 3, 4, 5].map(downloads);
  await Promise.all([...ids.map(waiter), ...transfers]); // suspended: main
}

void main();
setTimeout(() => process.exit(), 60_000);
setImmediate(console.log, 'READY');

// chain: main → all[0/8] → waiter → ... → [lock found]
// chain: main → all[2/8] → waiter → ... → [lock found]
// chain: main → all[3/8] → downloads → ... → (anonymous) → [* found held]
// chain: main → all[7/8] → downloads → ... → [lock found]
// chain: holder → [* found held]
