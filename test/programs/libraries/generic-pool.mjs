// Hangs in a pool of generic-pool, and knows nothing of loopscope.
import { createPool } from 'generic-pool';

const pool = createPool({ create: async () => ({}), destroy: async () => {} }, { max: 2 });

async function handle() {
  await pool.acquire();
  await new Promise(() => {});
}

void handle();
void pool.use(() => new Promise(() => {}));
await new Promise(setImmediate);
void handle();
void pool.acquire();
