// S22, pitfall 10: who cleans up when the program ends? Nobody, for tasks that are created at the top and left there: they
// keep the process alive until process.exit() cuts them off. run() cancels what is left, and waits for its clean-up.
//   npx loopscope run -- examples/pitfalls/global-loop.ts
//     reports `task-outside-run: heartbeat #1, created at`
//   node examples/pitfalls/global-loop.ts --cure      prints `the heart stands still`
import { createTask, run, sleep } from 'loopscope';

async function heartbeat(): Promise<void> {
  try {
    for (;;) await sleep(20);
  } finally {
    console.log('the heart stands still');
  }
}

async function main(): Promise<void> {
  await sleep(100);
}

if (process.argv.includes('--cure')) {
  await run(async () => {
    createTask(heartbeat);
    await main();
  });
} else {
  createTask(heartbeat); // the mistake: it belongs to nobody
  await main();
  process.exit();
}
