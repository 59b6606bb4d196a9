// A service that others depend on: it answers after as many milliseconds as the first argument says, or never.
const { createServer } = require('node:http');

const delay = Number(process.argv[2]);
const server = createServer((request, response) => {
  if (delay > 0) setTimeout(() => response.end('{}'), delay);
});
server.listen(0, '127.0.0.1', () => process.send(server.address().port));
process.on('disconnect', () => process.exit());
