// A request for each item, all at the same time, without anything of loopscope's.
import { once } from 'node:events';
import { createServer } from 'node:http';

const server = createServer((_request, response) => setTimeout(() => response.end('page'), 200));
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address();
const pages = Array.from({ length: 1000 }, (_, page) => `http://127.0.0.1:${port}/${page}`);
await Promise.all(pages.map((page) => fetch(page).then((response) => response.text()))); // the mistake
server.close();
server.closeAllConnections();
