// S5, S38: what does a call look like while it is retried, and when does it give up? The bank is busy twice; the post office is
// closed for good, and what nobody can mend is not tried again.
//   node examples/retry.ts
//     prints `rates after 3 attempts`, `post office: gave up after 3 attempts: closed`, `validation: 1 attempt`
//   npx loopscope run --otlp http://localhost:4318 -- examples/retry.ts
//     sends `retry rates`, `attempt rates`, `retry post office`
//   npx loopscope run --timeout 1500ms -- examples/retry.ts --slow
//     reports `retry rates`, `attempt 1 of 5 failed · Error: busy`
import { createTask, retry, retryable, withFallback } from 'loopscope';

let calls = 0;
function fetchRates(): number {
  calls++;
  if (calls < 3) throw new Error('busy');
  return 1.08;
}

// backoff: 20 ms, then 40 ms, never more than 50 ms
const delay = process.argv.includes('--slow') ? 10_000 : 20;
await retry(fetchRates, { name: 'rates', attempts: 5, delay, maxDelay: delay * 2.5 });
console.log(`rates after ${calls} attempts`);

const send = retryable(
  () => {
    throw new Error('closed');
  },
  { name: 'post office', attempts: 3, delay: 5 },
);
const task = createTask(async () => withFallback(send, (error) => (error as Error).message));
console.log(`post office: gave up after 3 attempts: ${await task}`);

let validations = 0;
await retry(
  () => {
    validations++;
    throw new TypeError('no such order');
  },
  { name: 'validation', attempts: 5, retryIf: (error) => !(error instanceof TypeError) },
).catch((error: unknown) => console.log(`validation: ${validations} attempt, ${String(error)}`));
