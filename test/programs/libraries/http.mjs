// Answers requests by asking another server, and knows nothing of loopscope.
import http from 'node:http';

async function listen(handle) {
  const server = http.createServer(handle);
  await new Promise((resolve) => server.listen(0, 'localhost', resolve));
  return `http://localhost:${server.address().port}`;
}

/** Resolves when it was called so often. */
function calls(count) {
  const { promise, resolve } = Promise.withResolvers();
  return Object.assign(() => void (--count === 0 && resolve()), { promise });
}

const arrived = calls(4);
const left = calls(2);
const other = await listen(({ url }, response) => {
  if (url.startsWith('/never')) arrived();
  else response.end('fine');
});

async function loadUser() {
  const response = await fetch(`${other}/never/42?token=secret`);
  return response.text();
}

function loadOrder() {
  return new Promise((resolve, reject) => void http.get(`${other}/never/7`, resolve).on('error', reject));
}

const url = await listen(async (request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (pathname === '/fine') response.end(await (await fetch(`${other}/fine`)).text());
  else if (pathname === '/begun') response.write('a');
  else if (pathname === '/orders/7') response.end(await loadOrder());
  else if (pathname === '/forgotten') {
    response.on('close', left);
    arrived();
  } else {
    if (pathname === '/gone') response.on('close', left);
    response.end(await loadUser());
  }
});

const agent = new http.Agent();
const ask = (path) => http.get(`${url}${path}`, { agent }).on('error', () => {});
const heads = [];
const begun = ask('/begun').on('response', (response) => heads.push(response));
await new Promise((resolve) => begun.on('response', resolve));
await (await fetch(`${url}/fine`)).text();
ask('/users/42?token=secret');
ask('/orders/7');
const gone = ask('/gone');
const forgotten = ask('/forgotten');
await arrived.promise;
gone.destroy();
forgotten.destroy();
await left.promise;
setTimeout(() => process.exit(), 20);
