// The same, as CommonJS.
const { createPool } = require('generic-pool');

const pool = createPool({ create: async () => ({}), destroy: async () => {} }, { max: 1, acquireTimeoutMillis: 50 });
const given = createPool({ create: async () => ({}), destroy: async () => {} }, { max: 1 });

void (async () => {
  await pool.acquire();
  await pool.acquire().catch(() => {});
  await given.release(await given.acquire());
  await given.destroy(await given.acquire());
  void pool.acquire();
  process.exit();
})();
