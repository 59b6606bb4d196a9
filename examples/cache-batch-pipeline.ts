// S7, S41: what was computed once, what is written a hundred at a time, and at which stage does the pipeline stand?
//   node examples/cache-batch-pipeline.ts
//     prints `2 calls for 5 lookups, hit rate 40 %`, `250 rows in 3 batches`, `persisted 18 of 20: 2 invalid`
//   npx loopscope run --timeout 1500ms -- examples/cache-batch-pipeline.ts --slow
//     reports `queue import persist · full, 1 of 1 in it · 1 waiting to put`
//   npx loopscope run --otlp http://localhost:4318 -- examples/cache-batch-pipeline.ts
//     sends `run import persist`, `batches of write`
import { batch, cached, pipeline, sleep } from 'loopscope';

const isSlow = process.argv.includes('--slow');

// cached: once for all who want it, and for a minute; the least recently used goes when there are a thousand
let calls = 0;
const loadUser = cached(
  async (id: number) => {
    calls++;
    await sleep(10);
    return `user ${id}`;
  },
  { name: 'users', ttl: 60_000, max: 1000 },
);
await Promise.all([loadUser(1), loadUser(1), loadUser(2)]);
await loadUser(1);
await loadUser(2);
const { hits, misses } = loadUser.statistics();
const rate = hits / (hits + misses);
console.log(`${calls} calls for 5 lookups, hit rate ${Math.round(rate * 100)} %`);

// batch: so many at a time
let batches = 0;
const rows = Array.from({ length: 250 }, (_, index) => index);
const written = await batch(
  rows,
  async (part) => {
    batches++;
    await sleep(5);
    return part.map((row) => row * 2);
  },
  { size: 100, concurrency: 2, name: 'write' },
);
console.log(`${written.flat().length} rows in ${batches} batches`);

// pipeline: stages with a queue between each two; a slow one holds up those before it
async function validate(order: number): Promise<number | null> {
  await sleep(1);
  return order % 10 === 0 ? null : order;
}
async function persist(order: string | null): Promise<string | null> {
  if (order !== null) await sleep(isSlow ? 10_000 : 2);
  return order;
}
const orders = pipeline(
  validate,
  { name: 'transform', run: (order: number | null) => (order === null ? null : `order ${order}`), capacity: 1 },
  { name: 'persist', run: persist, capacity: 1 },
);
const results = await orders.collect(rows.slice(1, 21), { name: 'import' });
const invalid = results.filter((result) => result === null).length;
console.log(`persisted ${results.length - invalid} of ${results.length}: ${invalid} invalid`);
