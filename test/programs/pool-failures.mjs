// A pool whose onError throws, and one that cannot make anything, with callers that do not wait for its next try.
import { ResourcePool } from 'loopscope';

process.on('uncaughtException', ({ message }) => console.log(`uncaught: ${message}`));
const fail = (message) => () => {
  throw new Error(message);
};
const names = ['one', 'another'];
const other = new ResourcePool({
  create: () => names.shift(),
  destroy: fail('stays'),
  onError: fail('no logger'),
  max: 1,
});
(await other.acquire()).destroy();
console.log((await other.acquire()).value);
await new Promise(setImmediate);

const start = performance.now();
const pool = new ResourcePool({
  create: fail('refused'),
  backoff: { delay: 300, factor: 1e6, maxDelay: 60_000 },
});
const tell = (error) => console.log(error.name === 'TimeoutError' ? 'timed out' : error.message);
await pool.acquire().catch(tell);
await pool.acquire({ timeout: 20 }).catch(tell);
await pool.acquire().catch(tell); // this one waits for it, and so the process does
pool.acquire({ timeout: 20 }).catch(() => {});
process.on('exit', () => console.log(performance.now() - start < 30_000 ? 'ended in time' : 'stayed'));
