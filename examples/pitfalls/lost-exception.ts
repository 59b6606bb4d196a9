// S10, S22, pitfall 8: who hears of a task that fails in the background? Node, and it ends the process, long after the cause.
//   npx loopscope run -- examples/pitfalls/lost-exception.ts
//     reports `lost-error: task mail, created at examples/pitfalls/lost-exception.ts:`, `Error: no mail server`
//   node examples/pitfalls/lost-exception.ts --cure      prints `mail failed: no mail server`
import { createTask, run, sleep } from 'loopscope';

async function mail(): Promise<void> {
  await sleep(20);
  throw new Error('no mail server');
}

function sendInBackground(): void {
  createTask(mail, { name: 'mail' }); // the mistake: nobody will ever look at it
}

function curedSendInBackground(): void {
  const task = createTask(mail, { name: 'mail' });
  task.catch((error: unknown) => console.log(`mail failed: ${(error as Error).message}`));
}

await run(async () => {
  if (process.argv.includes('--cure')) curedSendInBackground();
  else sendInBackground();
  await sleep(100);
});
