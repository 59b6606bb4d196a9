import { createServer } from 'node:net';

it('polls', () => {
  setInterval(() => {}, 1000);
});

it('serves', async () => {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, resolve));
});
