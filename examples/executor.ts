// S19: does the loop stay free while something is computed, and which worker does what? A hash for the processor in threads and
// processes, a call that blocks in a thread, and a timer beside them that says how late it was.
//   node examples/executor.ts
//     prints `threads: 4 hashes`, `a process: 832040`, `the timer was never late`
//   npx loopscope run --timeout 2s -- examples/executor.ts --long
//     reports `executor hashes · 2 of 2 workers busy · 2 queued`
//   npx loopscope run --otlp http://localhost:4318 -- examples/executor.ts
//     sends `submit hashes`, `process hashes`
import { gather, ProcessExecutor, runInExecutor, ThreadExecutor } from 'loopscope';

const rounds = process.argv.includes('--long') ? 1e9 : 20_000;
const threads = new ThreadExecutor({ name: 'hashes', workers: 2 });
const processes = new ProcessExecutor({ name: 'numbers', workers: 1 });

let latest = 0;
let due = performance.now() + 10;
const timer = setInterval(() => {
  latest = Math.max(latest, performance.now() - due);
  due = performance.now() + 10;
}, 10);

// the source of the function is sent: it uses nothing but its arguments and what it imports itself
async function hash(password: string, count: number): Promise<string> {
  const { pbkdf2Sync } = await import('node:crypto');
  let key = password;
  for (let left = count; left > 0; left -= 10_000) key = pbkdf2Sync(key, 'salt', 10_000, 32, 'sha256').toString('hex');
  return key;
}
function fibonacci(of: number): number {
  const next = (a: number, b: number, left: number): number => (left === 0 ? a : next(b, a + b, left - 1));
  return next(0, 1, of);
}

const hashes = await gather(['a', 'b', 'c', 'd'].map((each) => () => runInExecutor(threads, hash, each, rounds)));
console.log(`threads: ${hashes.length} hashes`);
console.log(`a process: ${await runInExecutor(processes, fibonacci, 30)}`);

clearInterval(timer);
console.log(latest < 250 ? 'the timer was never late' : `the timer was ${Math.round(latest)} ms late`);
await Promise.all([threads.close(), processes.close()]); // from Node 24 on `await using` does so
