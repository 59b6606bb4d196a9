// An interval that nobody clears, and a connection that nobody ends.
const { connect, createServer } = require('node:net');

function refresh() {}

async function main() {
  setInterval(refresh, 500); // the mistake
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const socket = connect(server.address().port, '127.0.0.1'); // the mistake
  await new Promise((resolve) => socket.once('connect', resolve));
  server.close();
  return 'done';
}

void main().then(console.log);
