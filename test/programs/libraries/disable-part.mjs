// Switches parts of the hook off and on while requests are in flight.
import http from 'node:http';
const { disableLibrary, enableLibrary } = await import(process.argv[2]);
const { takeReport } = await import(process.argv[3]);

let arrived = () => {};
const server = http.createServer(() => arrived());
await new Promise((resolve) => server.listen(0, 'localhost', resolve));

async function ask(path) {
  const { promise, resolve } = Promise.withResolvers();
  arrived = resolve;
  void fetch(`http://localhost:${server.address().port}${path}`);
  await promise;
}

function print() {
  const { tasks } = takeReport();
  const requests = tasks.filter(({ kind }) => kind === 'request').map(({ name }) => name);
  const waits = tasks.flatMap((task) => task.waits).map(({ operation }) => operation);
  console.log(`answers ${requests.join(', ') || 'nothing'}; waits for ${waits.join(', ') || 'nothing'}`);
}

await ask('/both');
print();
disableLibrary('http');
disableLibrary('http');
await ask('/client');
print();
disableLibrary('undici');
await ask('/none');
print();
enableLibrary('http');
await ask('/server');
print();
enableLibrary('undici');
await ask('/again');
print();
process.exit();
