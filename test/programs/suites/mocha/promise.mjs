async function loadOrder() {
  await new Promise(() => {});
}

describe('orders', () => {
  it('are booked', async function () {
    this.timeout(300);
    await loadOrder();
  });
  it('are refunded', function (done) {
    this.timeout(300);
    setTimeout(() => loadOrder().then(done), 10);
  });
  it('are shipped', async () => {
    await new Promise((resolve) => setTimeout(resolve, 50));
  });
});
