// A request for a large document blocks all others.
const { createServer, get } = require('node:http');

const rows = Array.from({ length: 400_000 }, (_, id) => ({ id, name: `order ${id}`, tags: ['new', 'paid'] }));
const server = createServer((request, response) => {
  const started = performance.now();
  let text = '';
  while (performance.now() - started < 600) text = JSON.stringify(rows); // the mistake
  response.end(String(text.length));
});
server.listen(0, '127.0.0.1', () => {
  setTimeout(() => {
    get({ port: server.address().port, agent: false }, (response) => response.resume().on('end', () => server.close()));
  }, 300);
});
