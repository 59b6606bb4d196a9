// Has connections that are no requests any more, by node:http and by WebSocket, and knows nothing of loopscope.
import { createHash } from 'node:crypto';
import http from 'node:http';

const id = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const server = http.createServer().on('upgrade', ({ headers }, socket) => {
  const accept = createHash('sha1').update(`${headers['sec-websocket-key']}${id}`).digest('base64');
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n`);
  socket.write(`Sec-WebSocket-Accept: ${accept}\r\n\r\n`);
});
await new Promise((resolve) => server.listen(0, 'localhost', resolve));
const { port } = server.address();
const headers = { Connection: 'Upgrade', Upgrade: 'websocket' };
await new Promise((resolve) => http.get({ port, host: 'localhost', path: '/a', headers }).on('upgrade', resolve));
const socket = new WebSocket(`ws://localhost:${port}/b`);
await new Promise((resolve) => socket.addEventListener('open', resolve));
process.exitCode = 3;
setTimeout(() => process.exit(), 20);
