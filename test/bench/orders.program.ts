// A small order service: each request is a task that waits for a lock and puts into a queue which others take from. With
// `--spans URL RATIO` it runs under loopscope/register and sends its spans there; with `--hook` under that alone.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const [mode, url = '', ratio = '1'] = process.argv.slice(2);
Object.assign(process.env, { LOOPSCOPE_LOOP: '0', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' });
if (mode === '--spans') {
  Object.assign(process.env, {
    LOOPSCOPE_OTLP: url,
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: ratio,
  });
}
await import('loopscope/register');
const { createTask, Lock, Queue } = await import('loopscope');

const stock = new Lock({ name: 'stock' });
const orders = new Queue<number>({ name: 'orders', maxsize: 100 });
let taken = 0;
for (let worker = 0; worker < 4; worker++) {
  void createTask(
    async () => {
      for await (const order of orders) {
        taken += order;
        orders.taskDone();
      }
    },
    { name: 'worker' },
  );
}

const lines = Array.from({ length: 100 }, (_, line) => ({ line, article: `article ${line}`, price: line * 1.1 }));

/** Half a millisecond of what an order costs without waiting: it is read, summed up, signed and answered. */
function price(): string {
  let text = JSON.stringify(lines);
  for (let round = 0; round < 10; round++) {
    const order = JSON.parse(text) as typeof lines;
    const sum = order.reduce((total, { price: each }) => total + each, 0);
    text = JSON.stringify(order);
    if (round === 9) return createHash('sha256').update(text).update(String(sum)).digest('hex');
  }
  return text;
}

async function handle(): Promise<string> {
  await stock.run(() => new Promise<void>((resolve) => void setImmediate(resolve)));
  await orders.put(1);
  return createTask(async () => `order ${taken} ${price()}`, { name: 'answer' });
}

const server = createServer((request, response) => {
  if (request.url === '/cpu') {
    const { user, system } = process.cpuUsage();
    response.end(String(user + system));
    return;
  }
  void createTask(handle, { name: 'POST /order' }).then((text) => response.end(text));
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
