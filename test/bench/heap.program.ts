// A server with a heap of small objects, as many megabytes as its first argument says, in which a thousand requests hang.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const megabytes = Number(process.argv[2]);
const users: unknown[] = [];
while (process.memoryUsage().heapUsed < megabytes * 2 ** 20) {
  for (let index = 0; index < 20_000; index++) {
    users.push({ id: index + 0.5, name: `user ${index}`, tags: [index, index + 1], next: { index, before: null } });
  }
}

const waiting: ((rows: unknown[]) => void)[] = [];

async function query(): Promise<unknown[]> {
  return await new Promise<unknown[]>((resolve) => waiting.push(resolve));
}

async function loadUser(): Promise<unknown> {
  const rows = await query();
  return rows[0];
}

async function handle(): Promise<string> {
  return JSON.stringify(await loadUser());
}

for (let index = 0; index < 1000; index++) void handle();

const server = createServer(({ url }, response) => {
  if (url !== '/cost') return response.end('hello');
  const { user, system } = process.cpuUsage();
  return response.end(JSON.stringify({ cpu: user + system, rss: process.memoryUsage.rss(), users: users.length }));
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
