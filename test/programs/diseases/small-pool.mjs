// A server with one connection to its database: all requests but one wait for it.
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { createPool } from 'generic-pool';

const pool = createPool({ create: async () => ({}), destroy: async () => {} }, { max: 1 });

async function query() {
  const connection = await pool.acquire();
  try {
    return await pause(10, 'rows');
  } finally {
    await pool.release(connection);
  }
}

createServer(async (request, response) => {
  response.end(await query());
}).listen(0);
