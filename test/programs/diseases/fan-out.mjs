// A server that reads a thousand files at once in each request.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

const ids = Array.from({ length: 1000 }, (_, id) => id);

async function loadAll() {
  const all = await Promise.all(ids.map(() => readFile(import.meta.filename)));
  return all.length;
}

createServer(async (request, response) => {
  response.end(String(await loadAll()));
}).listen(0);
