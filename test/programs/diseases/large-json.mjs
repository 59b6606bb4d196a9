// A server that makes the text of its whole catalogue in each request.
import { createServer } from 'node:http';

const catalogue = Array.from({ length: 8000 }, (_, id) => ({
  id,
  name: `product ${id}`,
  tags: ['a', 'b'],
  price: id / 7,
}));

createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  const text = JSON.stringify({ catalogue });
  response.end(text);
}).listen(0);
