// Prints what a program can see of servers and requests.
import http from 'node:http';

const print = (...words) => console.log(...words);
process.on('unhandledRejection', (error) => print('unhandled', error.message));

let tick = 0;
const order = [];
const server = http.createServer((request, response) => {
  order.push(request.url);
  print(
    Reflect.ownKeys(request).length,
    Reflect.ownKeys(response).length,
    request.eventNames().map(String).join(),
    response.eventNames().map(String).join(),
    ['finish', 'close', 'error'].map((name) => response.listenerCount(name)).join(),
    new Error('here').stack.split('\n').length,
  );
  if (request.url === '/destroy') return request.socket.destroy();
  if (request.url === '/body') {
    let body = '';
    request.setEncoding('utf8').on('data', (part) => (body += part));
    return request.on('end', () => response.end(body.toUpperCase()));
  }
  if (request.url === '/throw') {
    response.end('thrown');
    throw new Error('from the handler');
  }
  return response.end('fine');
});
process.on('uncaughtException', (error) => print('uncaught', error.message, error.stack.split('\n').length));
print(
  server.listenerCount('request'),
  Object.hasOwn(http.Server.prototype, 'emit'),
  http.get.name,
  http.request.length,
);
await new Promise((resolve) => server.listen(0, 'localhost', resolve));
const url = `http://localhost:${server.address().port}`;
for (const path of ['/a?b=1', '/throw']) {
  const response = await fetch(`${url}${path}`);
  print(response.status, await response.text());
}
print(await (await fetch(`${url}/body`, { method: 'POST', body: 'text' })).text());
await fetch(`${url}/destroy`).catch((error) => print(error.name, error.message, error.cause?.code));
const requested = http.get(`${url}/old`);
print(Reflect.ownKeys(requested).length, requested.eventNames().map(String).join());
const response = await new Promise((resolve) => requested.on('response', resolve));
print(response.statusCode, requested.listenerCount('error'));
response.resume();
await new Promise((resolve) => response.on('end', resolve));
const failing = http.get(`${url}/destroy`);
await new Promise((resolve) => failing.on('error', (error) => resolve(print(error.code, error.message))));
const fetched = fetch(`${url}/again`);
print(fetched.constructor.name, Object.getOwnPropertyNames(fetched).length, fetch.name, fetch.length);
void (async () => {
  for (; tick < 1000; tick++) await null;
})();
await (await fetched).text();
print(order.join());
server.closeAllConnections();
server.close(() => print('closed'));
