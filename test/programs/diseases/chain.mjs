// A server of which each request reads a file, then sleeps, then waits for a lock; one timer of each is left open.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lock } from 'loopscope';

const lock = new Lock({ name: 'stock' });

async function readPrices() {
  return await readFile(new URL('chain.mjs', import.meta.url), 'utf8');
}

createServer(async (request, response) => {
  await readPrices();
  await sleep(5);
  await lock.acquire();
  await sleep(5);
  lock.release();
  setTimeout(() => {}, 60_000);
  response.end('ok');
}).listen(0);
