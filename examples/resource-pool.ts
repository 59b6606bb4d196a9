// S37: who has the connection that everybody waits for? A pool of two lends them in order; who waits too long is told; what is
// broken is thrown away.
//   node examples/resource-pool.ts
//     prints `borrowed 2 of 2, 1 waiting`, `too late: ERR_LOOPSCOPE_TIMEOUT`, `made 3, thrown away 1`
//   npx loopscope run --timeout 1500ms -- examples/resource-pool.ts --leak
//     reports `pool database · 2 of 2 borrowed · 1 waiting`, `held by … taken at examples/resource-pool.ts:22`
//   npx loopscope run --otlp http://localhost:4318 -- examples/resource-pool.ts
//     sends `acquire database`
import { createTask, ResourcePool, sleep } from 'loopscope';

let made = 0;
let thrownAway = 0;
const pool = new ResourcePool({
  name: 'database',
  max: 2,
  create: () => ({ id: ++made, isBroken: false }),
  destroy: () => void thrownAway++,
  validate: ({ isBroken }) => !isBroken,
});

const forgets = process.argv.includes('--leak');
const first = await pool.acquire();
const second = await pool.acquire();
const waiting = createTask(() => pool.run(({ id }) => id), { name: 'waits' });
await sleep(5);
const { borrowed, waiters } = pool.statistics();
console.log(`borrowed ${borrowed} of 2, ${waiters} waiting`);
await pool.acquire({ timeout: 20 }).catch(({ code }: NodeJS.ErrnoException) => console.log(`too late: ${code}`));

if (forgets) await sleep(60_000); // first and second are never given back
first.value.isBroken = true;
first.release();
second.release();
await waiting;
const ids = await Promise.all([1, 2].map(() => pool.run(({ id }) => sleep(1).then(() => id)))); // lent, used, given back
console.log(`made ${made}, thrown away ${thrownAway}; now ${ids.join(' and ')}`);
