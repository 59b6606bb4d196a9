// A server that ends under load, that crashes before it listens, that refuses all requests, or that listens at two ports.
import { createServer } from 'node:http';

const [, , how, port] = process.argv;
if (how === 'crash') throw new Error('no configuration');
const server = createServer((_, response) => {
  if (how === 'end') process.exit(3);
  response.statusCode = 503;
  response.end();
});
server.listen(0, () => {
  if (how === 'two-ports') setTimeout(() => createServer().listen(Number(port)), 200);
});
