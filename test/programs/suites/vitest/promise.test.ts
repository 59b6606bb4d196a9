import { test, describe } from 'vitest';

interface Order {
  id: string;
  lines: string[];
}

async function loadOrder(id: string): Promise<Order> {
  await new Promise(() => {});
  return { id, lines: [] };
}

describe('orders', () => {
  test('are booked', { timeout: 300 }, async () => {
    await loadOrder('a');
  });
  test.concurrent('are shipped', { timeout: 3000 }, async () => {
    await new Promise((resolve) => setTimeout(resolve, 500));
  });
  test.concurrent('are refunded', { timeout: 300 }, async () => {
    await loadOrder('b');
  });
});
