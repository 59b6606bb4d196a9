// A service that hangs, and knows nothing of loopscope. The library is that of the variable.
const { Mutex } = require('async-mutex');
const app = (process.env.FASTIFY === 'fastify-4' ? require('fastify-4') : require('fastify'))();

const stock = new Mutex();
let asked = 0;
app.get('/stock/:id', async () => {
  if (++asked === 2) setTimeout(() => process.exit(), 20);
  await stock.acquire();
  await new Promise(() => {});
});

app.post('/orders', async ({ body }) => {
  await fetch(`http://localhost:${app.server.address().port}/stock/${body.id}`);
});

app.listen({ port: 0 }).then(async (address) => {
  const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"id":7}' };
  for (let count = 0; count < 2; count++) void fetch(`http://localhost:${new URL(address).port}/orders`, post);
});
