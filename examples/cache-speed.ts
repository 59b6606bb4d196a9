// S8: what do a cache and batches bring? The same lookups and writes, one by one and with them, side by side in a table.
//   node examples/cache-speed.ts
//     prints `wallMs`, `lookups, cached`, `lookups, one by one`, `writes, in batches`, `writes, one by one`
//   npx loopscope run --otlp http://localhost:4318 -- examples/cache-speed.ts
//     sends `run lookups, cached`
import { batch, cached, compare, sleep } from 'loopscope';

const ids = Array.from({ length: 40 }, (_, index) => index % 8);
const load = async (id: number): Promise<number> => (await sleep(2), id); // the database takes 2 ms, whatever it is asked
const write = async (rows: readonly number[]): Promise<number> => (await sleep(2), rows.length);

const lookups = await compare(
  {
    'lookups, one by one': async () => {
      for (const id of ids) await load(id);
    },
    'lookups, cached': async () => {
      const cache = cached(load, { ttl: 1000, max: 100, name: 'rows' });
      for (const id of ids) await cache(id);
    },
  },
  { runs: 3 },
);
const writes = await compare(
  {
    'writes, one by one': async () => {
      for (const id of ids) await write([id]);
    },
    'writes, in batches': () => batch(ids, write, { size: 20, name: 'write' }),
  },
  { runs: 3 },
);
console.table([...lookups, ...writes]);
