// A service as it should be, with all that rules could take for something else: workers without work, long polls, streams
// of events, connections that are kept, a breaker that works, calls that fail and are retried, a lock that is held for long.
import { createServer, request as httpRequest } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import Fastify from 'fastify';
import pLimit from 'p-limit';
import PQueue from 'p-queue';
import {
  cached,
  CircuitBreaker,
  createTask,
  Event,
  gather,
  Lock,
  Queue,
  RateLimiter,
  ResourcePool,
  retry,
  run,
  RWLock,
  Semaphore,
  sleep,
  TaskGroup,
  timeout,
  waitFor,
} from '../../../src/index.ts';

interface Order {
  readonly id: number;
  readonly sent: PromiseWithResolvers<void>;
}

const orders = new Queue<Order>({ name: 'orders', maxsize: 100 });
const ledger = new Lock({ name: 'ledger' });
const prices = new RWLock({ name: 'prices' });
const uploads = new Semaphore(4, { name: 'uploads' });
const schema = new Lock({ name: 'schema' });
const news = new Event({ name: 'news' });
const stop = new Event({ name: 'stop' });
const upstream = new CircuitBreaker({ name: 'upstream', failures: 5 });
const limiter = new RateLimiter({ name: 'mails', limit: 2000, windowMs: 1000 });
const database = new ResourcePool({
  name: 'database',
  create: async () => ({ query: (sql: string) => pause(1, sql) }),
  destroy: async () => {},
  max: 5,
});
const mails = new PQueue({ concurrency: 5 });
const images = pLimit(5);
const loadUser = cached((id: string) => database.run((client) => client.query(`user ${id}`)), { ttl: 50, max: 100 });

let calls = 0;

/** One of twenty calls fails. */
async function callUpstream(): Promise<number> {
  await pause(2);
  if (calls++ % 20 === 0) throw new Error('upstream hiccup');
  return calls;
}

async function work(): Promise<void> {
  for await (const { id, sent } of orders) {
    try {
      await ledger.run(() => pause(1, id));
      await limiter.run(() => {});
      void mails.add(() => pause(1)).then(() => sent.resolve(), sent.reject);
    } finally {
      orders.taskDone();
    }
  }
}

/** Holds its lock for as long as the service is there, and gets on. */
async function migrate(signal: AbortSignal): Promise<void> {
  await schema.run(async () => {
    while (!signal.aborted) await sleep(200, { signal });
  });
}

const app = Fastify();
app.get('/', () => ({ hello: 'world' }));
app.get<{ Params: { id: string } }>('/users/:id', async ({ params }) => ({ user: await loadUser(params.id) }));
app.get('/prices', async () => {
  if (calls % 50 === 0) await prices.runWrite(() => pause(1));
  return prices.runRead(() => pause(1, { price: 5 }));
});
app.get('/upstream', async () => {
  const value = await upstream.run(() => retry(callUpstream, { name: 'upstream', attempts: 3, delay: 5 }));
  return { value };
});
app.get('/many', async () => {
  const [one, two] = await gather([() => loadUser('1'), () => images(() => pause(1, 'image'))]);
  return { one, two };
});
app.post('/orders', async () => {
  const sent = Promise.withResolvers<void>();
  await orders.put({ id: calls, sent });
  await timeout(5000, () => waitFor(sent.promise, 5000));
  return { sent: true };
});
app.post('/upload', () => uploads.run(() => pause(3, { stored: true })));
app.get('/news', async () => {
  // a long poll: most of them end without news
  await news.wait({ timeout: 2000 }).catch(() => {});
  return { news: news.isSet };
});
app.get('/events', (_, reply) => {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, { 'content-type': 'text/event-stream' });
  const timer = setInterval(() => raw.write('data: tick\n\n'), 100);
  raw.once('close', () => clearInterval(timer));
});

const flush = setInterval(() => void createTask(() => pause(1), { name: 'flush' }), 250);
await run(async ({ signal }) => {
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as { port: number };
  const silent = createServer(() => {}); // answers nobody: its client waits as for a long poll
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const poll = httpRequest({ port: (silent.address() as { port: number }).port }).on('error', () => {});
  poll.end();
  process.once('SIGTERM', () => stop.set());
  await TaskGroup.run(
    async (group) => {
      for (let index = 0; index < 4; index++) group.createTask(work, { name: 'worker' });
      group.createTask(() => migrate(signal), { name: 'migrate' });
      group.createTask(() => schema.run(() => {}, { signal }), { name: 'after the migration' });
      group.createTask(
        async () => {
          while (true) await sleep(1000, { signal });
        },
        { name: 'heartbeat' },
      );
      process.stdout.write(`http://127.0.0.1:${port}\n`);
      await stop.wait();
      poll.destroy();
      silent.close();
      app.server.closeAllConnections();
      await app.close();
      await orders.join();
      group.cancel();
    },
    { name: 'service' },
  );
  await database.close();
});
clearInterval(flush);
