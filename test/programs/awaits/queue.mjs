// A queue of p-queue: two jobs run and never end, five wait for their turn, one waits for all.
import PQueue from 'p-queue';

const queue = new PQueue({ concurrency: 2 });
const held = [];

async function job(id) {
  await new Promise((resolve) => held.push(resolve)); // suspended: job ×2
  return id;
}

async function submit(id) {
  const result = await queue.add(() => job(id)); // suspended: submit ×7
  return result;
}

async function drain() {
  await queue.onIdle(); // suspended: drain
}

for (let id = 0; id < 7; id++) void submit(id);
void drain();
setTimeout(() => process.exit(), 60_000);
setImmediate(console.log, 'READY');

// chain: job → [* found held] ×2
// chain: submit → ... → [queue found] ×5
// chain: drain → ... → [* found]
