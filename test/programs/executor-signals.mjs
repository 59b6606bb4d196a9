// A process that waits, and one that computes, when a signal comes. `catch`: it cancels the main task. `die`: nobody catches it.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { CancelledError, ProcessExecutor, run } from 'loopscope';

const processes = new ProcessExecutor({ workers: 2, grace: 100 });
const connect = async (port, spins) => {
  const { connect: open } = await import('node:net');
  const socket = open(port, '127.0.0.1');
  await new Promise((resolve) => socket.write(`${process.pid}\n`, resolve));
  if (spins) for (;;);
  await new Promise(() => {});
};

await run(
  async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const [waiting] = [false, true].map((spins) => processes.run(connect, [server.address().port, spins]));
    const pids = await new Promise((resolve) => {
      const all = [];
      server.on('connection', (socket) => {
        socket.once('data', (pid) => all.push(String(pid).trim()) === 2 && resolve(all));
      });
    });
    console.log(pids.join(' '));
    await waiting.catch((error) => {
      console.log(error instanceof CancelledError ? 'cancelled' : error.message);
      throw error;
    });
  },
  { signals: process.argv[2] === 'catch' ? ['SIGINT'] : [] },
);
