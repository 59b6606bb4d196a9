// A server that takes requests and answers none, or begins to and stops.
import { createServer } from 'node:http';
import { once } from 'node:events';

const server = createServer((request, response) => {
  if (request.url === '/slow') response.write('beginning');
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${server.address().port}`;

async function loadUser(id) {
  const response = await fetch(`${url}/user/${id}`); // suspended: loadUser ×4
  return response.json();
}

async function loadReport() {
  const response = await fetch(`${url}/slow`);
  setTimeout(console.log, 100, 'READY');
  return await response.text(); // suspended: loadReport
}

async function main() {
  await Promise.allSettled([1, 2, 3].map(loadUser)); // suspended: main
}

void main();
void loadUser(4);
let requests = 0;
server.on('request', () => {
  if (++requests === 4) void loadReport();
});
setTimeout(() => process.exit(), 60_000);

// chain: main → allSettled[0/3] → loadUser → ... → [fetch]
// chain: main → allSettled[2/3] → loadUser → ... → [fetch]
// chain: loadReport → ... → [fetch|stream|socket]
