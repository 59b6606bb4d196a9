// S40: where does the time of a call go, and which of two ways is quicker? Waiting and computing are told apart, and gather is
// compared with asCompleted; in debug mode what blocks the loop is told on stderr.
//   node examples/measure.ts
//     prints `waits: … ms waiting`, `computes: … ms on the loop`, `gather`, `asCompleted`
//   LOOPSCOPE_DEBUG=1 npx loopscope run -- examples/measure.ts
//     reports `blocked once`, `in computes`
//   npx loopscope run --otlp http://localhost:4318 -- examples/measure.ts
//     sends `run waits`, `run computes`, `run gather`
import { asCompleted, compare, createTask, gather, measure, sleep } from 'loopscope';

function compute(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

const waits = await measure(() => sleep(50), { name: 'waits' });
console.log(`waits: ${Math.round(waits.waitingMs)} ms waiting, ${Math.round(waits.onLoopMs)} ms on the loop`);
const delays = [15, 5, 10];
const rows = await compare(
  {
    gather: () => gather(delays.map((ms) => () => sleep(ms))),
    asCompleted: async () => {
      for await (const _ of asCompleted(delays.map((ms) => createTask(() => sleep(ms), { name: 'download' })))) {
        // each is used as soon as it is there
      }
    },
  },
  { runs: 3 },
);
console.table(rows);

const computes = await measure(() => compute(400), { name: 'computes' });
console.log(`computes: ${Math.round(computes.onLoopMs)} ms on the loop, ${Math.round(computes.syncMs)} ms in one go`);
