// A processor of BullMQ that hangs in its second attempt, who waits for its job, an idle worker, and a queue without a server.

export async function start({ Queue, QueueEvents, Worker }) {
  const connection = { host: '127.0.0.1', port: Number(process.env.DATABASE_PORT) };
  const mails = new Queue('mails', { connection });
  const events = new QueueEvents('mails', { connection });
  const lost = new Queue('lost', { connection: { port: 1, retryStrategy: () => 60_000 } });
  const idle = new Worker('idle', async () => {}, { connection });
  lost.on('error', () => {});

  const hanging = Promise.withResolvers();
  const worker = new Worker('mails', send, { connection, concurrency: 2 });

  async function send(job) {
    if (job.attemptsMade === 0) throw new Error('the server said no');
    hanging.resolve();
    await new Promise(() => {});
  }

  async function order() {
    const job = await mails.add('send mail', { to: 'secret@example.com' }, { attempts: 3 });
    await job.waitUntilFinished(events);
  }

  async function report() {
    await lost.add('report', {});
  }

  await Promise.all([idle, worker, mails, events].map((each) => each.waitUntilReady()));
  void order();
  void report();
  await hanging.promise;
  void worker.close();
  setTimeout(() => process.exit(), 100);
}
