// Jobs that were aborted, refused or failed, and one that hangs.
const { join } = require('node:path');

module.exports = async (Pool) => {
  const filename = join(__dirname, '../work.cjs');
  const pool = new Pool({ filename, minThreads: 1, maxThreads: 1, maxQueue: 1 });
  const ending = new AbortController();
  const aborted = pool.run({ hang: true }, { signal: ending.signal }).catch(() => {});
  const queued = pool.run({ value: 1 }).catch(() => {});
  await pool.run({ value: 2 }).catch(() => {});
  ending.abort();
  await Promise.all([aborted, queued]);
  pool.run({ hang: true }, { name: 'last' }).catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 50));
  process.exit();
};
