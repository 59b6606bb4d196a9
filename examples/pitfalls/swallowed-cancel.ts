// S10, S22, pitfall 3: who does not stop when asked? A catch that takes every error for one of the network's takes the
// cancellation, too: the task polls for ever, and whoever waits for its end waits with it.
//   npx loopscope run --timeout 3s -- examples/pitfalls/swallowed-cancel.ts
//     reports `ignored-cancel: poll #2 was asked to cancel`
//   node examples/pitfalls/swallowed-cancel.ts --cure      prints `the poll has ended`
import { CancelledError, createTask, run, sleep } from 'loopscope';

async function poll(): Promise<void> {
  for (;;) {
    try {
      await sleep(20);
    } catch {
      // the mistake: it may be a cancellation
    }
  }
}

async function curedPoll(): Promise<void> {
  for (;;) {
    try {
      await sleep(20);
    } catch (error) {
      if (error instanceof CancelledError) throw error;
    }
  }
}

await run(async () => {
  const task = createTask(process.argv.includes('--cure') ? curedPoll : poll, { name: 'poll' });
  await sleep(50);
  task.cancel('nobody needs it any more');
  await Promise.allSettled([task]);
  console.log('the poll has ended');
});
