// Does its work and does not end: a server, an interval, and connections that nobody closes.
import { connect, createServer } from 'node:net';

interface Job {
  readonly clients: number;
}

const job: Job = { clients: 12 };
const server = createServer().listen(0, '127.0.0.1', () => {
  const { port } = server.address() as { port: number };
  for (let index = 0; index < job.clients; index++) connect(port, '127.0.0.1');
});
setInterval(function poll() {}, 60_000);
setInterval(() => {}, 60_000).unref();
