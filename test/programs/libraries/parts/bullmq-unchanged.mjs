// Prints what a program can see of BullMQ.
import { AsyncLocalStorage } from 'node:async_hooks';

export async function show({ FlowProducer, Queue, QueueEvents, Worker }) {
  const connection = { host: '127.0.0.1', port: Number(process.env.DATABASE_PORT) };
  const print = (...words) => console.log(...words);
  const own = ({ stack }) => stack.split('\n').filter((line) => line.includes(import.meta.url)).length;
  const message = (error) => print(error.name, error.message, own(error) > 0);
  process.on('unhandledRejection', ({ message: text }) => print('unhandled', text));

  const name = `mails-${process.pid}`;
  const mails = new Queue(name, { connection });
  const events = new QueueEvents(name, { connection });
  const store = new AsyncLocalStorage();
  print(Queue.name, Queue.length, Worker.name, Worker.length, mails.add.name, mails.add.length);
  print(Reflect.ownKeys(mails).map(String).toSorted().join());
  await events.waitUntilReady();
  const attempts = [];
  const worker = new Worker(
    name,
    async (job, token) => {
      attempts.push(`${job.name} ${job.attemptsMade} ${typeof token}`);
      if (job.data.fails > job.attemptsMade) throw new Error('not yet');
      return store.getStore() ?? job.data;
    },
    { connection, concurrency: 1 },
  );
  print(
    Reflect.ownKeys(worker)
      .map(String)
      .filter((key) => key !== '_jobScheduler')
      .toSorted()
      .join(),
  );
  const asked = mails.add('first', { n: 1 });
  print(Object.getPrototypeOf(asked) === Promise.prototype, Object.keys(asked).length);
  const job = await asked;
  print(job.name, await job.waitUntilFinished(events));
  const second = await mails.add('second', { fails: 1 }, { attempts: 2 });
  print(await second.waitUntilFinished(events));
  const third = await mails.add('third', { fails: 9 });
  await third.waitUntilFinished(events).catch(message);
  const bulk = await mails.addBulk([
    { name: 'a', data: {} },
    { name: 'b', data: {} },
  ]);
  print(await Promise.all(bulk.map((each) => each.waitUntilFinished(events))));
  await mails.add('wrong', {}, { jobId: '1' }).catch(message);
  const never = await mails.add('never', {}, { delay: 60_000 });
  await never.waitUntilFinished(events, 20).catch(message);
  print(attempts.join());
  const flow = new FlowProducer({ connection });
  const { job: parent } = await flow.add({
    name: 'parent',
    queueName: name,
    children: [{ name: 'child', queueName: name }],
  });
  await parent.waitUntilFinished(events);
  print(await mails.getJobCounts('completed', 'failed', 'delayed'));
  const closing = worker.close();
  print(await closing, await worker.close());
  await mails.obliterate({ force: true });
  await Promise.all([mails, events, flow].map((each) => each.close()));
}
