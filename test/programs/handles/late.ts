// Handles that are made in a later tick, after an await, and by libraries.
import { createServer } from 'node:net';
import { once } from 'node:events';
import fastify from 'fastify';
import { Redis } from 'ioredis';
import { Pool } from 'pg';
import { askForReport } from './ask.ts';

async function listen(): Promise<number> {
  await null;
  const server = createServer(() => {}).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as { port: number }).port;
}

async function poll(): Promise<void> {
  await new Promise((resolve) => void setImmediate(resolve));
  setInterval(function tick() {}, 60_000);
}

async function serve(): Promise<void> {
  const app = fastify();
  await app.listen({ port: 0, host: '127.0.0.1' });
}

const port = await listen();
await poll();
await serve();
const pool = new Pool({ host: '127.0.0.1', port });
pool.connect().catch(() => {});
const redis = new Redis({ host: '127.0.0.1', port, lazyConnect: true });
redis.connect().catch(() => {});
await once(redis, 'connect');
await askForReport();
process.exit();
