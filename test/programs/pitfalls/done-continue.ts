// An item that is skipped is never reported as done.
import { createTask, Queue } from 'loopscope';

const orders = new Queue<number>({ name: 'orders' });

async function work(): Promise<void> {
  for (;;) {
    const order = await orders.get();
    if (order === 2) continue; // the mistake
    orders.taskDone();
  }
}

createTask(work);
for (const order of [1, 2, 3]) await orders.put(order);
await orders.join();
