// S10, S22, pitfall 2: what does computing on the loop do to everybody else? The clock stands still while the sum is added up.
//   npx loopscope run -- examples/pitfalls/cpu-on-loop.ts             reports `blocked-loop: add blocked the event loop for`
//   node examples/pitfalls/cpu-on-loop.ts --cure                      prints `the clock ticked meanwhile`
import { createTask, run, sleep } from 'loopscope';

/** Adds numbers for so long. */
function add(milliseconds: number): number {
  const end = performance.now() + milliseconds;
  let sum = 0;
  while (performance.now() < end) sum += Math.sqrt(end);
  return sum;
}

async function report(): Promise<void> {
  add(500); // the mistake: nobody else gets a turn
}

async function curedReport(): Promise<void> {
  for (let piece = 0; piece < 50; piece++) {
    add(10);
    await sleep(0); // the others' turn; or runInExecutor, which computes in a thread
  }
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
  await createTask(process.argv.includes('--cure') ? curedReport : report, { name: 'report' });
  console.log(ticks > before + 1 ? 'the clock ticked meanwhile' : 'the clock stood still');
});
