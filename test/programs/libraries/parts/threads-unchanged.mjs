// Prints what a program can see of a pool of threads: of piscina, or of tinypool, which came of it.
export async function show(Pool) {
  const print = (...words) => console.log(...words);
  process.on('unhandledRejection', (error) => print('unhandled', error.message));
  const filename = new URL('../work.cjs', import.meta.url).href;
  print(Pool.name, Pool.length, Reflect.ownKeys(Pool.prototype).map(String).join(), Pool.prototype.run.length);
  const pool = new (class Mine extends Pool {})({ filename, minThreads: 1, maxThreads: 1, maxQueue: 2 });
  print(pool instanceof Pool, Reflect.ownKeys(pool).map(String).join(), pool.eventNames().join());
  const first = pool.run({ value: 1 });
  print(first.constructor.name, Object.keys(first).length, await first);
  await pool.run({ fail: true }).catch((error) => print(error.name, error.message, Object.keys(error).join()));
  await pool.run({ value: 1 }, { name: 'missing' }).catch((error) => print(error.name, error.message));
  await pool.run(() => {}).catch((error) => print(error.name));
  const order = [1, 2, 3].map((value) => pool.run({ value }).then(print, (error) => print(error.message)));
  await Promise.all(order);
  const ending = new AbortController();
  const aborted = pool.run({ hang: true }, { signal: ending.signal });
  setTimeout(() => ending.abort(), 20);
  await aborted.catch((error) => print(error.name, error.message));
  await pool.run({ value: 4 }, { signal: AbortSignal.abort() }).catch((error) => print(error.name));
  void pool.run({ fail: true });
  await new Promise((resolve) => process.once('unhandledRejection', resolve));
  await pool.run({ value: 5 }).then(print);
  print(pool.completed > 0, pool.threads.length);
  await pool.destroy();
}
