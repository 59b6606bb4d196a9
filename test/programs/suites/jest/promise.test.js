async function loadOrder() {
  await new Promise(() => {});
}

describe('orders', () => {
  test('are booked', async () => {
    await loadOrder();
  }, 300);
  test.concurrent('are shipped', async () => {
    await new Promise((resolve) => setTimeout(resolve, 100));
  });
  test('are refunded', (done) => {
    setTimeout(() => loadOrder().then(done), 10);
  }, 300);
});
