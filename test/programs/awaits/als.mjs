// Every request runs with a store of AsyncLocalStorage.
import { AsyncLocalStorage } from 'node:async_hooks';

const storage = new AsyncLocalStorage();
const tenant = new AsyncLocalStorage();
const held = [];

async function query() {
  await new Promise((resolve) => held.push(resolve)); // suspended: query ×40
  return storage.getStore();
}

async function request() {
  return await query(); // suspended: request ×40
}

async function batch(requests) {
  await Promise.all(requests); // suspended: batch
}

const requests = Array.from({ length: 40 }, (_, id) => storage.run({ id }, () => tenant.run('acme', request)));
void storage.run({ id: 'batch' }, batch, requests);
setTimeout(() => process.exit(), 60_000);
setImmediate(console.log, 'READY');

// chain: batch → all[0/40] → request → query → [* found held]
// chain: batch → all[39/40] → request → query → [* found held]
