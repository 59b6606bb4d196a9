// S3, S26: what does a request wait for? A Fastify service with middleware, /health, a route that awaits two services, a task in
// the background, 404 and 500; the report and the trace name them by route.
//   node examples/web-server.ts
//     prints `GET /health 200 {"status":"ok"}`, `GET /orders/7 200`, `POST /async-task 202`, `GET /nowhere 404`,
//       `GET /broken 500`
//   npx loopscope run --timeout 1500ms -- examples/web-server.ts --hang
//     reports `two services of order 7`, `stock … waits for`
//   npx loopscope run --otlp http://localhost:4318 -- examples/web-server.ts
//     sends `run two services of order 7`, `run stock`, `run prices`, `run send mail`
import { createTask, gather, Lock, sleep } from 'loopscope';
import fastify from 'fastify';

const hangs = process.argv.includes('--hang');
const app = fastify();
const stockLock = new Lock({ name: 'stock' });

app.addHook('onRequest', async (request) => {
  request.headers['x-request-id'] ??= request.id; // middleware: each request has an id
});
app.get('/health', () => ({ status: 'ok' }));
app.get<{ Params: { id: string } }>('/orders/:id', async ({ params: { id } }) => {
  const [stock, price] = await createTask(() => gather([stockOf, priceOf]), { name: `two services of order ${id}` });
  return { id, stock, price };
});
app.post('/async-task', (_request, reply) => {
  createTask(() => sleep(20), { name: 'send mail' });
  return reply.code(202).send({ accepted: true });
});
app.get('/broken', () => {
  throw new Error('the shelf fell down');
});

async function stockOf(): Promise<number> {
  return createTask(() => stockLock.run(async () => (await sleep(hangs ? 60_000 : 10), 3)), { name: 'stock' });
}

async function priceOf(): Promise<number> {
  return createTask(async () => (await sleep(15), 42), { name: 'prices' });
}

const address = await app.listen({ host: '127.0.0.1', port: 0 });
async function ask(method: string, path: string): Promise<void> {
  const response = await fetch(address + path, { method });
  console.log(method, path, response.status, await response.text());
}
await ask('GET', '/health');
await ask('GET', '/orders/7');
await ask('POST', '/async-task');
await ask('GET', '/nowhere');
await ask('GET', '/broken');
await app.close();
