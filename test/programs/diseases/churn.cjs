// A server that makes very many short-lived objects in each request.
const { createServer } = require('node:http');

const recent = [];

function buildIndex(seed) {
  const rows = [];
  for (let row = 0; row < 30_000; row++) rows.push({ row, seed, cells: [row, seed, row + seed], next: null });
  return rows;
}

createServer((request, response) => {
  recent.push(buildIndex(recent.length));
  if (recent.length > 20) recent.shift();
  response.end(String(recent.at(-1).length));
}).listen(0);
