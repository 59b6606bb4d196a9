// S42: how many at a time does the server take? The limit grows while answers come quickly, and shrinks when they slow down.
//   node examples/adaptive.ts
//     prints `while it is quick the limit grows: true`, `while it is slow it shrinks: true`
//   npx loopscope run --otlp http://localhost:4318 -- examples/adaptive.ts
//     sends `acquire search`
import { AdaptiveLimiter, sleep } from 'loopscope';

const search = new AdaptiveLimiter({ name: 'search', algorithm: 'aimd', initialLimit: 4, maxLimit: 40, latencyMs: 30 });
let pending = 0;
let isOverloaded = false;

async function ask(): Promise<void> {
  pending++;
  await sleep(isOverloaded ? 80 : 3);
  pending--;
}

async function load(calls: number): Promise<number> {
  await Promise.all(Array.from({ length: calls }, () => search.run(ask)));
  return search.limit;
}

const before = search.limit;
const quick = await load(200);
console.log(`while it is quick the limit grows: ${quick > before}`);
isOverloaded = true;
const slow = await load(60);
console.log(`while it is slow it shrinks: ${slow < quick}`);
console.log(`limits: ${before}, ${quick}, ${slow}; ${pending} pending at the end`);
