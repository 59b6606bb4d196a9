// A program that uses loopscope: its tasks have names, and a lock that is never given back.
import { createTask, Lock, Queue, sleep } from 'loopscope';

const lock = new Lock({ name: 'database' });
const orders = new Queue({ name: 'orders' });

async function hold(): Promise<void> {
  await lock.acquire();
  await sleep(90_000); // suspended: hold
}

async function importOrders(): Promise<void> {
  await lock.run(() => 'never'); // suspended: importOrders ×3
}

async function ship(): Promise<void> {
  const order = await orders.get(); // suspended: ship
  await createTask(() => order, { name: 'never' });
}

async function handle(): Promise<void> {
  await createTask(importOrders, { name: 'import' }); // suspended: handle
}

createTask(hold, { name: 'holder' });
createTask(importOrders, { name: 'import 1' });
createTask(importOrders, { name: 'import 2' });
createTask(ship, { name: 'shipping' });
createTask(handle, { name: 'request' });
setTimeout(() => process.exit(), 60_000);
setImmediate(console.log, 'READY');

// chain: hold → ... → [timer found]
// chain: importOrders → ... → [lock found] ×3
// chain: ship → ... → [queue found]
// chain: handle → ... → importOrders
