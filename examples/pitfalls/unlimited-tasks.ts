// S10, S22, pitfall 5: how many pages are fetched at the same time? All of them, if nothing limits that.
//   npx loopscope run -- examples/pitfalls/unlimited-tasks.ts
//     reports `unbounded-fan-out: 2,000 tasks fetchPage`
//   node examples/pitfalls/unlimited-tasks.ts --cure      prints `2000 pages, 100 at a time`
import { createTask, gather, run, Semaphore, sleep } from 'loopscope';

const pages = Array.from({ length: 2000 }, (_, index) => `/page/${index}`);
const limit = new Semaphore(100, { name: 'pages' });
let open = 0;
let most = 0;

async function load(_page: string): Promise<void> {
  most = Math.max(most, ++open);
  await sleep(20); // the network
  open--;
}

function fetchAll(): Promise<unknown> {
  return gather(pages.map((page) => createTask(() => load(page), { name: 'fetchPage' }))); // the mistake: all at once
}

function curedFetchAll(): Promise<unknown> {
  return gather(pages.map((page) => createTask(() => limit.run(() => load(page)), { name: 'fetchPage' })));
}

await run(process.argv.includes('--cure') ? curedFetchAll : fetchAll);
console.log(`${pages.length} pages, ${most} at a time`);
