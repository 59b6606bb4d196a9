// The only worker dies of an error before it reports its item as done.
const { createTask, Queue, run } = require('loopscope');

const orders = new Queue({ name: 'orders', maxsize: 10 });

async function work() {
  for await (const order of orders) {
    if (order === 2) throw new Error('out of stock');
    orders.taskDone();
  }
}

void run(async function main() {
  createTask(work).catch(() => {});
  await orders.put(1);
  await orders.put(2);
  await orders.join();
});
