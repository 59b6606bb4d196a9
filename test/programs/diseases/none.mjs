// A healthy server.
import { createServer } from 'node:http';

createServer((request, response) => {
  response.setHeader('content-type', 'text/plain');
  response.end('hello');
}).listen(0);
