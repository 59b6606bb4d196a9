// Prints what a program can see of generic-pool.
import genericPool from 'generic-pool';

const print = (...words) => console.log(...words);
const turn = () => new Promise((resolve) => setTimeout(resolve, 5));
process.on('unhandledRejection', (error) => print('unhandled', error.message));

const { Pool } = genericPool;
print(
  Pool.name,
  Pool.length,
  Reflect.ownKeys(Pool.prototype).join(),
  Pool.prototype.acquire.name,
  Pool.prototype.acquire.length,
);
let made = 0;
const factory = { create: async () => ({ number: ++made }), destroy: async ({ number }) => print('destroyed', number) };
const pool = genericPool.createPool(factory, { max: 1, acquireTimeoutMillis: 20, maxWaitingClients: 2 });
print(pool instanceof Pool, Reflect.ownKeys(pool).map(String).join());
let tick = 0;
void (async () => {
  for (; tick < 200; tick++) await null;
})();
const at = (what) => () => print(what, tick);
const first = pool.acquire();
void first.then(at('first'));
print(first.constructor.name, Object.keys(first).length);
const one = await first;
void pool.acquire().then((two) => (at('second')(), pool.release(two)));
void pool.use(async (three) => print('used', three.number)).then(at('used'));
void pool.acquire().catch((error) => print(error.message));
await pool.release(one).then(at('released'));
await pool.release(one).catch((error) => print(error.message));
await turn();
await pool.destroy(await pool.acquire());
await pool.use(() => Promise.reject(new Error('use'))).catch((error) => print(error.message));
const kept = await pool.acquire();
await pool.acquire().catch((error) => print(error.name, error.message));
void pool.acquire();
await new Promise((resolve) => setTimeout(resolve, 40));
print(pool.size, pool.available, pool.borrowed, pool.pending);
await pool.release(kept);
const failing = genericPool.createPool({ create: () => Promise.reject(new Error('no')), destroy: async () => {} });
let errors = 0;
failing.on('factoryCreateError', (error) => {
  if (++errors === 1) print(error.message);
});
await pool.drain();
await pool.clear();
