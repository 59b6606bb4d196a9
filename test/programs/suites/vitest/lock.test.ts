import { test } from 'vitest';
import { Lock, Queue, createTask } from 'loopscope';

interface Order {
  id: string;
}

const stock = new Lock({ name: 'stock' });
const ledger = new Lock({ name: 'ledger' });
const orders = new Queue<Order>({ name: 'orders', maxsize: 1 });

test('a lock that is held', { timeout: 300 }, async () => {
  await stock.acquire();
  await stock.acquire();
});

test('a queue that nobody takes from', { timeout: 300 }, async () => {
  await orders.put({ id: 'a' });
  await orders.put({ id: 'b' });
});

test('a deadlock', { timeout: 300 }, async () => {
  const one = new Lock({ name: 'one' });
  const ship = createTask(
    async () => {
      await one.acquire();
      await null;
      await ledger.acquire();
    },
    { name: 'ship' },
  );
  const refund = createTask(
    async () => {
      await ledger.acquire();
      await null;
      await one.acquire();
    },
    { name: 'refund' },
  );
  await Promise.all([ship, refund]);
});
