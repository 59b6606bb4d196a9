// The same, as CommonJS.
const { Pool } = require('tarn');

const options = { create: async () => ({}), destroy: async () => {}, min: 0, max: 1 };
const pool = new Pool({ ...options, acquireTimeoutMillis: 50 });
const given = new Pool(options);

void (async () => {
  await pool.acquire().promise;
  await pool.acquire().promise.catch(() => {});
  given.release(await given.acquire().promise);
  void pool.acquire();
  process.exit();
})();
