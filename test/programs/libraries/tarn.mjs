// Hangs in a pool of tarn, and knows nothing of loopscope.
import { Pool } from 'tarn';

const pool = new Pool({ create: async () => ({}), destroy: async () => {}, min: 0, max: 2 });

async function handle() {
  await pool.acquire().promise;
  await new Promise(() => {});
}

void handle();
void pool.acquire();
await new Promise((resolve) => setTimeout(resolve, 20));
void handle();
process.exitCode = 0;
setTimeout(() => process.exit(), 20);
