// A server that opens a connection in each request, and never closes it.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';

const child = fork(new URL('upstream.cjs', import.meta.url), ['0'], { env: { ...process.env, NODE_OPTIONS: '' } });
const [port] = await once(child, 'message');
const sessions = [];

createServer((request, response) => {
  if (sessions.length < 5000) sessions.push(connect(port, '127.0.0.1'));
  setTimeout(() => response.end('hello'), 5);
}).listen(0);
