// From CommonJS: what was aborted, refused or failed is not pending.
const { join } = require('node:path');
void (async () => {
  const { Tinypool } = await import('tinypool');
  const pool = new Tinypool({ filename: join(__dirname, 'work.cjs'), minThreads: 1, maxThreads: 1, maxQueue: 1 });
  const ending = new AbortController();
  const aborted = pool.run({ hang: true }, { signal: ending.signal }).catch(() => {});
  const queued = pool.run({ value: 1 }).catch(() => {});
  await pool.run({ value: 2 }).catch(() => {});
  ending.abort();
  await Promise.all([aborted, queued]);
  pool.run({ hang: true }, { name: 'last' }).catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 50));
  process.exit();
})();
