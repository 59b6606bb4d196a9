// Each request reads its template anew, short as that is.
const { readFileSync } = require('node:fs');
const { createServer, get } = require('node:http');

const server = createServer((_request, response) => {
  let text = '';
  for (let part = 0; part < 200; part++) text = readFileSync(__filename, 'utf8'); // the mistake
  response.end(text);
});
server.listen(0, '127.0.0.1', () => {
  let left = 400;
  const next = () => {
    if (left-- === 0) server.close();
    else get({ port: server.address().port, agent: false }, (response) => response.resume().on('end', next));
  };
  setTimeout(next, 200);
});
