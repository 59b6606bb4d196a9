// One trace with a span of every kind.
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import {
  Barrier,
  CircuitBreaker,
  Condition,
  createTask,
  Event,
  Lock,
  loop,
  openConnection,
  ProcessExecutor,
  Queue,
  RateLimiter,
  ResourcePool,
  retry,
  RWLock,
  Semaphore,
  sleep,
  TaskGroup,
  ThreadExecutor,
  WorkerPool,
  type Task,
} from 'loopscope';

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const double = (value: number): number => value * 2;

/** Somebody holds it, and somebody waits for it. */
async function contend(run: (work: () => Promise<void>) => Promise<void>): Promise<void> {
  const holder = createTask(() => run(tick), { name: 'holder' });
  await createTask(() => run(tick), { name: 'waiter' });
  await holder;
}

async function locks(): Promise<void> {
  const [lock, permits, prices] = [
    new Lock({ name: 'accounts' }),
    new Semaphore(1, { name: 'permits' }),
    new RWLock({ name: 'prices' }),
  ];
  await contend((work) => lock.run(work));
  await contend((work) => permits.run(work));
  await contend((work) => prices.runWrite(work));
  const [ready, changed, start] = [
    new Event({ name: 'ready' }),
    new Condition({ name: 'changed' }),
    new Barrier(2, { name: 'start' }),
  ];
  setImmediate(() => ready.set());
  await ready.wait();
  setImmediate(() => void changed.run(() => changed.notify()));
  await changed.run(() => changed.wait());
  setImmediate(() => void start.wait());
  await start.wait();
}

async function queues(): Promise<void> {
  const orders = new Queue<string>({ name: 'orders', maxsize: 1 });
  await TaskGroup.run(
    (group) => {
      group.createTask(() => orders.put('book'), { name: 'producer' });
      const consume = async (): Promise<void> => {
        await orders.get();
        await tick();
        orders.taskDone();
      };
      group.createTask(consume, { name: 'consumer' });
    },
    { name: 'shop' },
  );
}

async function policies(): Promise<void> {
  let calls = 0;
  await retry(() => (++calls === 1 ? Promise.reject(new TypeError('no rates')) : tick()), { name: 'rates', delay: 1 });
  const breaker = new CircuitBreaker({ name: 'payments', failures: 1 });
  await Promise.allSettled([breaker.run(() => Promise.reject(new RangeError('declined')))]);
  await Promise.allSettled([breaker.run(tick)]);
  const limiter = new RateLimiter({ name: 'geocoder', limit: 1, windowMs: 20 });
  await limiter.acquire();
  await limiter.acquire();
}

async function pools(): Promise<void> {
  const pool = new ResourcePool({ name: 'connections', max: 1, create: () => ({}) });
  await (await pool.acquire()).release();
  await contend((work) => pool.run(work));
  await pool.close();
  const mails = new WorkerPool({ name: 'mails', workers: 1 });
  await mails.submit(() => createTask(tick, { name: 'send' }), { name: 'welcome' }).result();
  const threads = new ThreadExecutor({ name: 'thumbnails', workers: 1 });
  await threads.run(double, [21], { name: 'resize' });
  await threads.close();
  const processes = new ProcessExecutor({ name: 'renderers', workers: 1 });
  await processes.run(double, [21], { name: 'render' });
  await processes.close();
}

async function streams(): Promise<void> {
  const server = createServer((socket) => setTimeout(() => socket.end('hello\n'), 50)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { reader, writer } = await openConnection({ host: '127.0.0.1', port, name: 'peer' });
  await reader.readLine();
  writer.close();
  server.close();
}

async function turns(): Promise<void> {
  await new Promise<void>((resolve) => {
    loop.callLater(1, function refresh() {
      resolve();
    });
  });
  await sleep(300); // the watchdog has begun to look
  const block = (): void => {
    for (const end = performance.now() + 600; performance.now() < end;) Math.sqrt(2);
  };
  await createTask(async () => block(), { name: 'report' });
  await sleep(300);
}

const parts: readonly (() => Promise<void>)[] = [locks, queues, policies, pools, streams, turns];
await createTask(
  async (): Promise<void> => {
    for (const part of parts) await (createTask(part) satisfies Task<void>);
  },
  { name: 'main' },
);
