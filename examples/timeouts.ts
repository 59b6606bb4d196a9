// S17: what ends a wait that takes too long, who cleans up, and what must not be interrupted?
//   node examples/timeouts.ts
//     prints `waitFor: TimeoutError cleaned up`, `timeout: TimeoutError`, `rescheduled: done`, `shield: committed`,
//       `fetch: aborted`
//   npx loopscope run --otlp http://localhost:4318 -- examples/timeouts.ts
//     sends `run timeout`, `run commit`
import { createTask, shield, sleep, timeout, waitFor } from 'loopscope';

const nameOf = (error: unknown): string => (error as Error).name;

// the function is cancelled, and waited for until it has cleaned up
let state = 'open';
async function work(): Promise<void> {
  try {
    await sleep(10_000);
  } finally {
    await sleep(1);
    state = 'cleaned up';
  }
}
console.log('waitFor:', await waitFor(work, 20).catch(nameOf), state);

// a deadline for all that is awaited in a block, which may be moved while it runs
console.log('timeout:', await timeout(20, () => sleep(10_000)).catch(nameOf));
const done = await timeout(30, async (scope) => {
  await sleep(20);
  scope.reschedule(performance.now() + 100);
  await sleep(40);
  return 'done';
});
console.log(`rescheduled: ${done}`);

// what is shielded goes on when the task around it is cancelled
const commit = createTask(async () => (await sleep(40), 'committed'), { name: 'commit' });
const order = createTask(() => shield(commit), { name: 'order' });
await sleep(1);
order.cancel('the client has gone');
await Promise.allSettled([order]);
console.log(`shield: ${await commit}`);

// what is not loopscope's is told by the signal
const request = createTask(
  ({ signal }) => new Promise<string>((resolve) => signal.addEventListener('abort', () => resolve('aborted'))),
  { name: 'fetch' },
);
await sleep(1);
request.cancel();
console.log('fetch:', await request.catch(() => 'aborted'));
