// S2, S20, S33, S34: how are many URLs fetched, so many at a time and so many a second, with a result or an error for each?
//   node examples/fetch-multiple.ts
//     prints `/fast 200`, `/error 500`, `/never TimeoutError`, `at most 3 at a time`
//   npx loopscope run --otlp http://localhost:4318 -- examples/fetch-multiple.ts
//     sends `run fetch /never`, `acquire connections`, `acquire site`
import { RateLimiter, Semaphore, TaskGroup, timeout } from 'loopscope';
import { startSite } from './parts/site.ts';

const site = await startSite();
const connections = new Semaphore(3, { name: 'connections' });
const limiter = new RateLimiter({ name: 'site', limit: 4, windowMs: 200 });

interface Result {
  readonly path: string;
  readonly status: number | string;
}

async function fetchOne(path: string): Promise<Result> {
  try {
    return await connections.run(async () => {
      await limiter.acquire();
      return timeout(300, async ({ signal }) => {
        const response = await fetch(site.url + path, { signal });
        await response.text(); // a body that nobody reads keeps its connection
        return { path, status: response.status };
      });
    });
  } catch (error) {
    return { path, status: (error as Error).name };
  }
}

const paths = ['/fast', '/error', '/never', '/slow', ...Array.from({ length: 16 }, (_, index) => `/item/${index}`)];
const results = await TaskGroup.run(
  async (group) => Promise.all(paths.map((path) => group.createTask(() => fetchOne(path), { name: `fetch ${path}` }))),
  { name: 'fetch all' },
);
for (const { path, status } of results) console.log(path, status);
console.log(`at most ${site.peak} at a time`);
site.close();
