// S15: who is behind, the producers or the consumers? Two producers fill a queue of four, three consumers empty it; a sentinel or
// shutdown ends them; what is urgent comes first, or the newest.
//   node examples/producer-consumer.ts
//     prints `eaten 20 by 3 consumers, at most 4 in the queue`, `priority: urgent, soon, later`, `newest first: c b a`
//   npx loopscope run --timeout 1500ms -- examples/producer-consumer.ts --lazy
//     reports `queue dishes · full, 4 of 4 in it · 2 waiting to put`
//   npx loopscope run --otlp http://localhost:4318 -- examples/producer-consumer.ts
//     sends `put dishes`, `get dishes`, `process dishes`
import { LifoQueue, PriorityQueue, Queue, sleep, TaskGroup } from 'loopscope';

const isLazy = process.argv.includes('--lazy');
const dishes = new Queue<string>({ name: 'dishes', maxsize: 4 });
let eaten = 0;
let deepest = 0;

async function cook(name: string): Promise<void> {
  for (let dish = 1; dish <= 10; dish++) {
    await dishes.put(`${name} ${dish}`); // waits while four are in it
    deepest = Math.max(deepest, dishes.depth);
  }
}

async function eat(): Promise<void> {
  for await (const _ of dishes) {
    await sleep(isLazy ? 60_000 : 3);
    eaten++;
    dishes.taskDone();
  }
}

await TaskGroup.run(
  async (group) => {
    for (const name of ['anna', 'ben', 'carl']) group.createTask(eat, { name });
    await Promise.all(['soup', 'rice'].map((name) => group.createTask(() => cook(name), { name: `cook ${name}` })));
    await dishes.join();
    dishes.shutdown(); // ends the loops of those who eat
  },
  { name: 'lunch' },
);
console.log(`eaten ${eaten} by 3 consumers, at most ${deepest} in the queue`);

const jobs = new PriorityQueue({ name: 'jobs', priority: ({ due }: { due: number; text: string }) => due });
for (const [due, text] of [
  [2, 'soon'],
  [3, 'later'],
  [1, 'urgent'],
] as const)
  jobs.putNowait({ due, text });
console.log(`priority: ${[jobs, jobs, jobs].map((queue) => queue.getNowait().text).join(', ')}`);

const pages = new LifoQueue<string>({ name: 'pages' });
for (const page of 'abc') pages.putNowait(page);
console.log(`newest first: ${[pages, pages, pages].map((queue) => queue.getNowait()).join(' ')}`);
