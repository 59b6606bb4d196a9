// S22, pitfall 4: what happens to the others while one sleeps without giving the loop back? Nothing.
//   npx loopscope run -- examples/pitfalls/blocking-sleep.ts
//     reports `blocking-call: Atomics.wait at examples/pitfalls/blocking-sleep.ts:`
//   node examples/pitfalls/blocking-sleep.ts --cure      prints `3 naps took less than a second`
import { createTask, gather, run, sleep } from 'loopscope';

const cell = new Int32Array(new SharedArrayBuffer(4));

async function nap(): Promise<void> {
  await sleep(20);
  Atomics.wait(cell, 0, 0, 400); // the mistake: the thread sleeps, and all that runs in it
}

async function curedNap(): Promise<void> {
  await sleep(20);
  await sleep(400);
}

await run(async () => {
  await sleep(600); // the start-up is over
  const start = performance.now();
  const one = process.argv.includes('--cure') ? curedNap : nap;
  await gather([1, 2, 3].map((index) => createTask(one, { name: `nap ${index}` })));
  console.log(`3 naps took ${performance.now() - start < 1000 ? 'less' : 'more'} than a second`);
});
