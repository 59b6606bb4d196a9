// S22, pitfall 2: what does computing on the loop do to everybody else? The clock stands still while the sum is computed.
//   npx loopscope run -- examples/pitfalls/cpu-on-loop.ts             reports `blocked-loop: sum blocked the event loop for`
//   node examples/pitfalls/cpu-on-loop.ts --cure                      prints `the clock ticked meanwhile`
import { createTask, run, sleep } from 'loopscope';

const pieces = 50;

/** Ten milliseconds of work. */
function piece(): number {
  const end = performance.now() + 10;
  let sum = 0;
  while (performance.now() < end) sum += Math.sqrt(end);
  return sum;
}

async function sum(): Promise<void> {
  for (let index = 0; index < pieces; index++) piece(); // the mistake: half a second, and nobody else gets a turn
}

async function curedSum(): Promise<void> {
  for (let index = 0; index < pieces; index++) {
    piece();
    await sleep(0); // the others' turn; or runInExecutor, where a piece alone takes too long
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
  await sleep(600); // the start-up is over
  const before = ticks;
  await createTask(process.argv.includes('--cure') ? curedSum : sum, { name: 'report' });
  console.log(ticks > before + 1 ? 'the clock ticked meanwhile' : 'the clock stood still');
});
