// Prints what a program can see of tarn.
import tarn from 'tarn';

const print = (...words) => console.log(...words);
process.on('unhandledRejection', (error) => print('unhandled', error.message));

const { Pool } = tarn;
print(
  Pool.name,
  Pool.length,
  Reflect.ownKeys(Pool.prototype).join(),
  Pool.prototype.release.name,
  Pool.prototype.release.length,
);
let made = 0;
const options = {
  create: async () => ({ number: ++made }),
  destroy: ({ number }) => print('destroyed', number),
  min: 0,
  max: 1,
  acquireTimeoutMillis: 20,
};
const pool = new Pool(options);
print(pool instanceof Pool, Reflect.ownKeys(pool).map(String).join());
for (const name of ['acquireRequest', 'acquireSuccess', 'acquireFail', 'release', 'createRequest', 'createSuccess']) {
  pool.on(name, (id) => print(name, typeof id));
}
let tick = 0;
void (async () => {
  for (; tick < 200; tick++) await null;
})();
const at = (what) => () => print(what, tick);
const asked = pool.acquire();
print(Reflect.ownKeys(asked).map(String).join(), asked.promise.constructor.name);
void asked.promise.then(at('first'));
const one = await asked.promise;
const waiting = pool.acquire();
void waiting.promise.then((two) => (at('second')(), print(pool.release(two))));
print(pool.release(one), pool.release({}));
await waiting.promise;
await new Promise((resolve) => setTimeout(resolve, 5));
const kept = await pool.acquire().promise;
await pool.acquire().promise.catch((error) => print(error.name, error.message));
const aborted = pool.acquire();
aborted.abort();
await aborted.promise.catch((error) => print(error.message));
void pool.acquire();
await new Promise((resolve) => setTimeout(resolve, 40));
print(pool.numUsed(), pool.numFree(), pool.numPendingAcquires());
pool.release(kept);
const failing = new Pool({ ...options, create: () => Promise.reject(new Error('no')), propagateCreateError: true });
await failing.acquire().promise.catch((error) => print(error.message));
await Promise.all([failing.destroy(), pool.destroy()]);
