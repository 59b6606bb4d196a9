// S10, S22, pitfall 6: why does the program not end? It opened something, and nobody closes it.
//   npx loopscope run --timeout 3s -- examples/pitfalls/not-closed.ts
//     reports `unclosed-resource: server`, `made at examples/pitfalls/not-closed.ts:`, `was never closed`
//   node examples/pitfalls/not-closed.ts --cure      prints `the port is free`
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { promisify } from 'node:util';
import { createTask, run } from 'loopscope';

async function listen(server: Server): Promise<void> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

async function probe(): Promise<void> {
  await listen(createServer()); // the mistake: nobody closes it
}

async function curedProbe(): Promise<void> {
  const server = createServer();
  try {
    await listen(server);
  } finally {
    await promisify(server.close.bind(server))(); // whatever happens; from Node 24 on: await using server = …
  }
}

await run(async () => {
  await createTask(process.argv.includes('--cure') ? curedProbe : probe, { name: 'probe' });
  console.log('the port is free');
});
