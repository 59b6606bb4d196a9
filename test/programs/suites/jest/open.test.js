const { createServer } = require('node:net');

test('polls', () => {
  setInterval(() => {}, 1000);
});

test('serves', async () => {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, resolve));
});
