// The smallest HTTP server: on it, what loopscope costs is seen best.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const server = createServer(({ url }, response) => {
  if (url !== '/cpu') return response.end('hello');
  const { user, system } = process.cpuUsage();
  return response.end(String(user + system));
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
