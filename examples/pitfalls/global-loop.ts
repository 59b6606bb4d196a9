// S10, S22, pitfall 10: who cleans up when the program ends? Nobody, for tasks that are created at the top and left there:
// process.exit() cuts them off in the middle. run() cancels what is left, and waits for its clean-up.
//   npx loopscope run -- examples/pitfalls/global-loop.ts
//     reports `cut off by process.exit(): finally blocks did not run (task-outside-run)`, `examples/pitfalls/global-loop.ts:`
//   node examples/pitfalls/global-loop.ts --cure      prints `the upload is given up cleanly`
import { setTimeout as send } from 'node:timers/promises'; // stands for the network
import { createTask, run, sleep, type Task } from 'loopscope';

async function upload({ signal }: Task): Promise<void> {
  try {
    await send(60_000, null, { signal });
  } finally {
    console.log('the upload is given up cleanly');
  }
}

async function main(): Promise<void> {
  await sleep(100);
}

if (process.argv.includes('--cure')) {
  await run(async () => {
    createTask(upload);
    await main();
  });
} else {
  createTask(upload); // the mistake: it belongs to nobody
  await main();
  process.exit();
}
