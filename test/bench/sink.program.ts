// A collector that reads what it gets and says that it took it.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const server = createServer((request, response) => void request.resume().on('end', () => response.end()));
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
