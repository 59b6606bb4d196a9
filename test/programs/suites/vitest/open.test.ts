import { createServer } from 'node:net';
import { test } from 'vitest';

test('polls', () => {
  setInterval(() => {}, 1000);
});

test('serves', async () => {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, resolve));
});
