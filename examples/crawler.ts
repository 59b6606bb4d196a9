// S27: which page does the crawler wait for? It follows the links of a site, a task per page, at most four at a time.
//   node examples/crawler.ts
//     prints `15 pages, at most 4 at a time`
//   npx loopscope run --otlp http://localhost:4318 -- examples/crawler.ts
//     sends `run page /page/1`, `run page /page/15`, `acquire crawler`
import { Semaphore, TaskGroup } from 'loopscope';
import { startSite } from './parts/site.ts';

const site = await startSite();
const crawler = new Semaphore(4, { name: 'crawler' });
const seen = new Set<string>();

async function visit(group: TaskGroup, path: string): Promise<void> {
  const text = await crawler.run(async () => (await fetch(site.url + path)).text());
  for (const [, link = ''] of text.matchAll(/href="([^"]+)"/g)) start(group, link);
}

function start(group: TaskGroup, path: string): void {
  if (seen.has(path)) return;
  seen.add(path);
  group.createTask(() => visit(group, path), { name: `page ${path}` });
}

await TaskGroup.run(async (group) => start(group, '/page/1'), { name: 'crawl' });
console.log(`${seen.size} pages, at most ${site.peak} at a time`);
site.close();
