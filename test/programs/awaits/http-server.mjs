// A server whose database never answers: a thousand requests hang in it.
import { createServer, get } from 'node:http';

class Database {
  pending = new Map();

  query(sql) {
    return new Promise((resolve, reject) => {
      this.pending.set(sql, { resolve, reject });
      if (this.pending.size === 1000) setImmediate(console.log, 'READY');
    });
  }
}

const database = new Database();

async function loadUser(id) {
  const rows = await database.query(`select * from users where id = ${id}`); // suspended: loadUser ×1000
  return rows[0];
}

async function handle(request, response) {
  const user = await loadUser(request.url.slice(1)); // suspended: handle ×1000
  response.end(JSON.stringify(user));
}

const server = createServer(async (request, response) => {
  try {
    await handle(request, response); // suspended: (anonymous) ×1000
  } catch {
    response.writeHead(500).end();
  }
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  for (let id = 0; id < 1000; id++) get({ host: '127.0.0.1', port, path: `/${id}` });
});
setTimeout(() => process.exit(), 60_000);

// chain: (anonymous) → handle → loadUser → [* found Database.pending] ×1000
