// S35: which worker had which job, how long did it take, and what is its status?
//   node examples/worker-pool.ts
//     prints `job 1: fulfilled`, `job 3: rejected`, `too slow: TimeoutError`, `6 jobs: 5 fulfilled, 1 rejected`
//   npx loopscope run --timeout 1500ms -- examples/worker-pool.ts --slow
//     reports `worker-pool`, `waiting`
//   npx loopscope run --otlp http://localhost:4318 -- examples/worker-pool.ts
//     sends `process mails`
import { sleep, WorkerPool } from 'loopscope';

const slowMs = process.argv.includes('--slow') ? 60_000 : 50;
const pool = new WorkerPool({
  name: 'mails',
  workers: 2,
  handle: async (mail: number) => {
    await sleep(mail === 5 ? slowMs : 5);
    if (mail === 3) throw new Error('no such address');
    return `sent ${mail}`;
  },
});

const jobs = [1, 2, 3, 4, 5, 6].map((mail) => pool.submit(mail));
await jobs[4]?.result({ timeout: 1 }).catch((error: Error) => console.log(`too slow: ${error.name}`));
await Promise.allSettled(jobs.map((job) => job.result()));
for (const [index, job] of jobs.entries()) {
  const { worker, runMs } = await job.report();
  console.log(`job ${index + 1}: ${job.status}, worker ${worker}, ${Math.round(runMs ?? 0)} ms`);
}
const rejected = jobs.filter(({ status }) => status === 'rejected').length;
console.log(`${jobs.length} jobs: ${jobs.length - rejected} fulfilled, ${rejected} rejected`);
await pool.shutdown();
