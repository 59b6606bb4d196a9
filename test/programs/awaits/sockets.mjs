// Connections to servers that take them and say nothing.
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, createServer } from 'node:net';
import { connect as connectSecurely } from 'node:tls';

const server = createServer(() => {});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address();

function open() {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  return socket;
}

const sockets = [];

async function waitsForData() {
  const socket = open();
  await new Promise((resolve) => socket.once('data', resolve)); // suspended: waitsForData
}

async function waitsForDataOnce() {
  await once(open(), 'data'); // suspended: waitsForDataOnce
}

async function readsAll() {
  for await (const chunk of open()) void chunk; // suspended: readsAll
}

async function asks() {
  const response = await new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port }, resolve).on('error', reject).end();
  }); // suspended: asks @-2:20
  return response;
}

async function shakesHands() {
  const secure = connectSecurely({ host: '127.0.0.1', port });
  sockets.push(secure);
  await once(secure, 'secureConnect'); // suspended: shakesHands
}

async function waitsForTheEnd() {
  await new Promise((resolve) => server.close(resolve)); // suspended: waitsForTheEnd
}

void Promise.all([waitsForData(), waitsForDataOnce(), readsAll(), asks(), shakesHands()]);
setTimeout(() => process.exit(), 60_000);
let accepted = 0;
server.on('connection', () => {
  if (++accepted < 5) return;
  void waitsForTheEnd();
  setTimeout(console.log, 20, 'READY');
});

// chain: waitsForData → [socket found data]
// chain: waitsForDataOnce → [socket found data]
// chain: readsAll → ... → [socket|stream found]
// chain: asks → [socket found GET 127.0.0.1]
// chain: shakesHands → [socket found]
// chain: waitsForTheEnd → [server found]
