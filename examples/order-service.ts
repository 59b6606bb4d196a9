// S9, S29: what is this service waiting for? It takes orders over HTTP, and after a second nothing moves any more.
//   npx loopscope run -- examples/order-service.ts
//     reports `WAIT CYCLE 1: 2 tasks wait for each other`, `queue invoices · full, 2 of 2 in it`, `attempt … of 10 failed`,
//       `monthlyReport · … · javascript`
import { createServer, request, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { createTask, Lock, Queue, retry, sleep } from 'loopscope';

const stock = new Lock({ name: 'stock' });
const ledger = new Lock({ name: 'ledger' });
const invoices = new Queue<string>({ name: 'invoices', maxsize: 2 });

async function ship(): Promise<string> {
  return stock.run(async () => {
    await sleep(500); // counting what is on the shelf
    return ledger.run(() => 'shipped');
  });
}

async function refund(): Promise<string> {
  return ledger.run(async () => {
    await sleep(500); // looking the payment up
    return stock.run(() => 'refunded');
  });
}

async function order(id: string): Promise<string> {
  await invoices.put(`invoice for ${id}`);
  return 'ordered';
}

function monthlyReport(): string {
  const end = performance.now() + 300;
  let sum = 0;
  while (performance.now() < end) sum += Math.sqrt(sum + 1); // blocks the loop: everybody else waits
  return `total ${sum.toFixed(0)}`;
}

/** Sends the invoices, one after the other. The mail server is down. */
async function mailer(): Promise<void> {
  for await (const invoice of invoices) {
    await retry(() => sendMail(invoice), { name: 'send mail', attempts: 10, delay: 200, jitter: 0 });
    invoices.taskDone();
  }
}

function sendMail(invoice: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: 1, host: '127.0.0.1' });
    socket.on('error', reject).on('connect', () => socket.end(invoice, resolve));
  });
}

function handle({ url = '/' }: IncomingMessage): Promise<string> | string {
  if (url === '/ship') return ship();
  if (url === '/refund') return refund();
  if (url === '/report') return monthlyReport();
  return order(url.slice(1));
}

const server = createServer((message, response) => {
  const task = createTask(() => handle(message), { name: `${message.method} ${message.url}` });
  task.then(
    (text) => response.end(`${text}\n`),
    (error: unknown) => response.writeHead(500).end(String(error)),
  );
});

createTask(mailer);
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  const post = (path: string): void => {
    request({ port, path: `/${path}`, method: 'POST', agent: false }, (response) => {
      response.on('data', (text: Buffer) => console.log(`POST /${path}: ${text.toString().trim()}`));
    })
      .on('error', () => console.log(`POST /${path}: no answer`))
      .end();
  };
  for (const path of ['ship', 'refund', 'order-1', 'order-2', 'order-3', 'order-4', 'order-5']) post(path);
  setTimeout(post, 800, 'report');
  // A deployment: the service gets 2 s to finish its work, and then it is ended.
  setTimeout(() => process.exit(), 2000);
});
