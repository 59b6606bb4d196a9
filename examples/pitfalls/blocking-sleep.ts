// S10, S22, pitfall 4: what happens to the others while one sleeps without giving the loop back? Nothing: the clock stands still.
//   npx loopscope run -- examples/pitfalls/blocking-sleep.ts
//     reports `blocking-call: Atomics.wait at examples/pitfalls/blocking-sleep.ts:`
//   node examples/pitfalls/blocking-sleep.ts --cure      prints `the clock ticked meanwhile`
import { createTask, run, sleep } from 'loopscope';

const cell = new Int32Array(new SharedArrayBuffer(4));

async function nap(): Promise<void> {
  Atomics.wait(cell, 0, 0, 400); // the mistake: the thread sleeps, and all that runs in it
}

async function curedNap(): Promise<void> {
  await sleep(400);
}

await run(async () => {
  let ticks = 0;
  createTask(
    async () => {
      for (;;) {
        await sleep(20);
        ticks++;
      }
    },
    { name: 'clock' },
  );
  await sleep(1000); // the start-up is over
  const before = ticks;
  await createTask(process.argv.includes('--cure') ? curedNap : nap, { name: 'nap' });
  console.log(ticks > before + 1 ? 'the clock ticked meanwhile' : 'the clock stood still');
});
