// Asks a server with undici of npm, and knows nothing of loopscope.
import http from 'node:http';
const undici = process.env.UNDICI === 'undici' ? import('undici') : import('undici-7');
const { Client, fetch, Pool, request } = await undici;

let left = 4;
const server = http.createServer(({ url }, response) => {
  if (url === '/fine') response.end('fine');
  else if (--left === 0) setTimeout(() => process.exit(), 20);
});
server.listen(0, 'localhost', main);
let origin = '';

async function loadUser() {
  await request(`${origin}/users/42?token=secret`);
}

async function main() {
  origin = `http://localhost:${server.address().port}`;
  const fine = await request(`${origin}/fine`);
  await fine.body.text();
  const closed = new Client('http://localhost:1');
  await closed.request({ path: '/refused', method: 'GET' }).catch(() => {});
  void loadUser();
  void fetch(`${origin}/orders/7`);
  void new Pool(origin).request({ path: '/pool', method: 'POST', body: 'a' });
  void new Client(origin).stream({ path: '/stream', method: 'GET' }, () => process.stdout);
}
