// A server that asks another, which takes its time, in each request.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, createServer, get } from 'node:http';
import { text } from 'node:stream/consumers';

const child = fork(new URL('upstream.cjs', import.meta.url), ['80'], { env: { ...process.env, NODE_OPTIONS: '' } });
const [port] = await once(child, 'message');
const agent = new Agent({ keepAlive: true });

async function loadPrices() {
  const [response] = await once(get({ host: '127.0.0.1', port, path: '/prices', agent }), 'response');
  return text(response);
}

createServer(async (request, response) => {
  response.end(await loadPrices());
}).listen(0);
