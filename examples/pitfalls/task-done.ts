// S10, S22, pitfall 9: why does join() of a queue never end? An error went past taskDone, and that item is never done.
//   npx loopscope run -- examples/pitfalls/task-done.ts
//     reports `task-done-missing: main #`, `1 item taken from it`
//   node examples/pitfalls/task-done.ts --cure      prints `all orders are done`
import { createTask, Queue, run } from 'loopscope';

const orders = new Queue<number>({ name: 'orders', maxsize: 4 });

async function ship(order: number): Promise<void> {
  if (order === 3) throw new Error('out of stock');
}

async function worker(): Promise<void> {
  for await (const order of orders) {
    try {
      await ship(order);
      orders.taskDone(); // the mistake: not where ship fails
    } catch {
      // it is sent back
    }
  }
}

async function curedWorker(): Promise<void> {
  for await (const order of orders) {
    try {
      await ship(order);
    } catch {
      // it is sent back
    } finally {
      orders.taskDone();
    }
  }
}

await run(async function main() {
  createTask(process.argv.includes('--cure') ? curedWorker : worker, { name: 'worker' });
  for (let order = 1; order <= 5; order++) await orders.put(order);
  await orders.join();
  console.log('all orders are done');
});
