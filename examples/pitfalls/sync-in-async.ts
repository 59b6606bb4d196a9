// S10, S22, pitfall 7: may an async function call what is synchronous? It stays synchronous: everybody waits for the command.
//   npx loopscope run -- examples/pitfalls/sync-in-async.ts
//     reports `blocking-call: execFileSync at examples/pitfalls/sync-in-async.ts:`
//   node examples/pitfalls/sync-in-async.ts --cure      prints `3 commands took less than a second`
import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { createTask, gather, run, sleep } from 'loopscope';

const command = ['sleep', ['0.4']] as const;

async function convert(): Promise<void> {
  await sleep(20);
  execFileSync(...command); // the mistake: `async` does not make it so
}

async function curedConvert(): Promise<void> {
  await sleep(20);
  await promisify(execFile)(...command);
}

await run(async () => {
  await sleep(1000); // the start-up is over
  const start = performance.now();
  const one = process.argv.includes('--cure') ? curedConvert : convert;
  await gather([1, 2, 3].map((index) => createTask(one, { name: `convert ${index}` })));
  console.log(`3 commands took ${performance.now() - start < 1000 ? 'less' : 'more'} than a second`);
});
