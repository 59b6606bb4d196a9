// An order is saved beside the request that asked for it: nobody awaits that.
const { createServer, get } = require('node:http');
const { createTask, sleep } = require('loopscope');

async function save() {
  await sleep(300);
}

const server = createServer(async (_request, response) => {
  createTask(save); // the mistake
  response.end('saved');
});
server.listen(0, '127.0.0.1', () => {
  get({ port: server.address().port, agent: false }, (response) => {
    response.resume().on('end', () => setTimeout(() => server.close(), 500));
  });
});
