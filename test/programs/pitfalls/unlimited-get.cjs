// The same with http.get.
const { createServer, get } = require('node:http');

const server = createServer((_request, response) => setTimeout(() => response.end('page'), 300));
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  let left = 1000;
  for (let page = left; page > 0; page--) {
    // the mistake
    get({ port, path: `/${page}`, agent: false }, (response) => {
      response.resume().on('end', () => {
        if (--left === 0) server.close();
      });
    });
  }
});
