// S24: how does a producer know that all its work is done? It joins the queue, and then cancels the workers, which wait for
// more. With --forget, taskDone is forgotten once: the join never ends, and the report says why.
//   node examples/queue-join.ts
//     prints `10 orders shipped, 0 left`, `workers: rejected, rejected, rejected`
//   npx loopscope run -- examples/queue-join.ts --forget
//     reports `queue orders · 0 of 4 in it · 3 waiting to get · 1 taken and not done`, `waits for queue orders to be done`
//   npx loopscope run --otlp http://localhost:4318 -- examples/queue-join.ts
//     sends `run anna`, `put orders`, `get orders`, `process orders`
import { createTask, Queue, sleep } from 'loopscope';

const orders = new Queue<number>({ name: 'orders', maxsize: 4 });
const forgets = process.argv.includes('--forget');
let shipped = 0;

async function worker(): Promise<void> {
  for (;;) {
    const order = await orders.get();
    await sleep(order * 5); // packing
    shipped++;
    if (forgets && order === 5) continue; // the mistake: join waits for this taskDone for ever
    orders.taskDone();
  }
}

async function produce(): Promise<void> {
  for (let order = 1; order <= 10; order++) await orders.put(order); // waits while four are in the queue
  await orders.join();
}

const workers = ['anna', 'ben', 'carl'].map((name) => createTask(worker, { name }));
await createTask(produce);
console.log(`${shipped} orders shipped, ${orders.depth} left`);

// Nobody will put any more: the workers, which wait in get, are ended. No item can be lost by that.
for (const task of workers) task.cancel('all orders are shipped');
const outcomes = await Promise.allSettled(workers);
console.log(`workers: ${outcomes.map(({ status }) => status).join(', ')}`);
