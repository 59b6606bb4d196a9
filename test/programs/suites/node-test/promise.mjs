import { describe, test } from 'node:test';

async function loadOrder() {
  await new Promise(() => {});
}

describe('orders', { concurrency: true }, () => {
  test('are booked', { timeout: 300 }, async () => {
    await loadOrder();
  });
  test('are shipped', { timeout: 3000 }, async () => {
    await new Promise((resolve) => setTimeout(resolve, 500));
  });
  test('are refunded', { timeout: 400 }, async (t) => {
    await t.test('in part', async () => {
      await loadOrder();
    });
  });
});

test('for ever', async () => {
  await loadOrder();
});
