// A Fastify service that ships an order, and one request to it. Run with an SDK of OpenTelemetry loaded before.
const http = require('node:http');
const { trace } = require('@opentelemetry/api');
const Fastify = require('fastify');
const { createTask, Lock, Queue, retry, TaskGroup } = require('../../dist/src/index.js');

const stock = new Lock({ name: 'stock' });
let priceAsked = 0;

/** A request, whose answer is its status. */
function ask(method, url) {
  return new Promise((resolve, reject) => {
    http
      .request(url, { method, agent: false }, (response) => response.resume().on('end', () => resolve(response)))
      .on('error', reject)
      .end();
  });
}

async function price(port) {
  const { statusCode } = await ask('GET', `http://127.0.0.1:${port}/price`);
  if (statusCode !== 200) throw new Error(`the carrier answers ${statusCode}`);
}

async function order(port) {
  const parcels = new Queue({ name: 'parcels', maxsize: 2 });
  await TaskGroup.run(
    (group) => {
      group.createTask(() => stock.run(() => new Promise(setImmediate)), { name: 'count' });
      group.createTask(() => parcels.put('book'), { name: 'pack' });
      group.createTask(
        async () => {
          await parcels.get();
          await stock.run(() => retry(() => price(port), { name: 'carrier', attempts: 3, delay: 1 }));
          parcels.taskDone();
        },
        { name: 'ship' },
      );
    },
    { name: 'fulfil' },
  );
}

async function main() {
  const app = Fastify();
  app.post('/orders', async () => {
    await createTask(() => order(app.server.address().port), { name: 'order' });
    return 'ordered';
  });
  app.get('/price', async (_, reply) => reply.code(++priceAsked === 1 ? 503 : 200).send('5.00'));
  await app.listen({ port: 0, host: '127.0.0.1' });
  await ask('POST', `http://127.0.0.1:${app.server.address().port}/orders`);
  await app.close();
  const provider = trace.getTracerProvider();
  await (provider.getDelegate?.() ?? provider).forceFlush();
}

void main();
