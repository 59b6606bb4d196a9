// An order service with some load, for main.ts: a lock that many want, a payment service that fails now and then, workers
// that pack, a thread that computes, and a queue of parcels.
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CircuitBreaker,
  createTask,
  Lock,
  Queue,
  retry,
  sleep,
  TaskGroup,
  ThreadExecutor,
  WorkerPool,
} from 'loopscope';

const orders = 24;
const stock = new Lock({ name: 'stock' });
const payments = new CircuitBreaker({ name: 'payments', failures: 100 });
const packers = new WorkerPool({ name: 'packers', workers: 3 });
const labels = new ThreadExecutor({ name: 'labels', workers: 1 });
const parcels = new Queue<string>({ name: 'parcels', maxsize: 4 });
let charged = 0;

/** Charges an order: every fifth succeeds only when it is tried again. */
function payment(): () => Promise<void> {
  let isBusy = ++charged % 5 === 0;
  return async function charge() {
    await sleep(5);
    if (!isBusy) return;
    isBusy = false;
    throw new Error('the bank is busy');
  };
}

/** Sent to a thread as its source. */
function draw(width: number): number {
  let sum = 0;
  for (let x = 0; x < width * 1000; x++) sum += Math.sqrt(x);
  return sum;
}

async function wrap(): Promise<void> {
  await sleep(10);
}

async function order(id: string): Promise<void> {
  await stock.run(() => sleep(3));
  const charge = payment();
  await TaskGroup.run(
    (group) => {
      group.createTask(() => retry(() => payments.run(charge), { name: 'charge', attempts: 4, delay: 5 }), {
        name: 'pay',
      });
      group.createTask(() => packers.submit(wrap).result(), { name: 'pack' });
      group.createTask(() => labels.run(draw, [200]), { name: 'label' });
    },
    { name: 'fulfil' },
  );
  await parcels.put(id);
}

async function ship(): Promise<void> {
  for await (const _ of parcels) {
    await sleep(4);
    parcels.taskDone();
  }
}

const server = createServer((message, response) => {
  createTask(() => order(message.url ?? ''), { name: 'POST /orders' }).then(
    () => response.end('shipped\n'),
    (error: unknown) => response.writeHead(500).end(String(error)),
  );
});
const shipper = createTask(ship);
await once(server.listen(0, '127.0.0.1'), 'listening');
const { port } = server.address() as AddressInfo;
const post = async (id: number): Promise<void> => {
  await sleep(id * 4);
  const [response] = await once(
    request({ port, path: `/orders/${id}`, method: 'POST', agent: false }).end(),
    'response',
  );
  await once(response.resume(), 'end');
};
await labels.run(draw, [1]); // a thread takes its time to start
await Promise.all(Array.from({ length: orders }, (_, id) => post(id)));
await parcels.join();
parcels.shutdown();
await shipper;
server.close();
await labels.close();
await sleep(1000); // metrics are read every now and then
