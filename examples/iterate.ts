// S14: who waits for the next page of what? An iterator, a generator that fetches pages, and a stream of data, each of them
// with a limit for how long the next item may take.
//   node examples/iterate.ts
//     prints `range: 0 1 2`, `pages: 1-3, 4-6, 7`, `readings: 5, then TimeoutError`
//   npx loopscope run --timeout 1500ms -- examples/iterate.ts --wait
//     reports `waits for … readings`, `examples/iterate.ts:52`
import { iterate, sleep } from 'loopscope';

class AsyncRange implements AsyncIterable<number> {
  readonly #end: number;

  constructor(end: number) {
    this.#end = end;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<number> {
    for (let number = 0; number < this.#end; number++) {
      await sleep(1);
      yield number;
    }
  }
}

async function* fetchPages(size: number): AsyncGenerator<string> {
  for (let first = 1; first <= 7; first += size) {
    await sleep(5); // the request for the page
    const last = Math.min(first + size - 1, 7);
    yield first === last ? String(first) : `${first}-${last}`;
  }
}

async function* readings(): AsyncGenerator<number> {
  for (let reading = 1; reading <= 5; reading++) {
    await sleep(2);
    yield reading;
  }
  await new Promise(() => {}); // the sensor has gone silent
}

const numbers: number[] = [];
for await (const number of iterate(new AsyncRange(3), { name: 'range' })) numbers.push(number);
console.log(`range: ${numbers.join(' ')}`);

const pages: string[] = [];
for await (const page of iterate(fetchPages(3), { name: 'pages' })) pages.push(page);
console.log(`pages: ${pages.join(', ')}`);

let last = 0;
const timer = setInterval(() => {}, 1000); // what else the program does
try {
  const timeout = process.argv.includes('--wait') ? 60_000 : 100;
  for await (const reading of iterate(readings(), { name: 'readings', timeout })) last = reading;
} catch (error) {
  console.log(`readings: ${last}, then ${(error as Error).name}`);
}
clearInterval(timer);
