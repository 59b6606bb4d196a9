// A database that takes connections and then says nothing, and one that dies in the middle of a conversation.
import { createServer } from 'node:net';
import { once } from 'node:events';
import { Client, Pool } from 'pg';

const ready = Buffer.from([82, 0, 0, 0, 8, 0, 0, 0, 0, 90, 0, 0, 0, 5, 73]); // authentication is fine; ready
let conversations = 0;
let asked = 0;

async function serve(talk) {
  const server = createServer(talk).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { host: '127.0.0.1', port: server.address().port, user: 'user', database: 'shop' };
}

const dead = await serve(() => {
  conversations++;
});
const dying = await serve((socket) => {
  socket.once('data', () => {
    socket.write(ready);
    socket.on('data', () => {
      asked++;
      if (asked === 2) setTimeout(console.log, 100, 'READY', conversations);
    });
  });
});
const pool = new Pool({ ...dying, max: 2 });

async function connects() {
  const client = new Client(dead);
  await client.connect(); // suspended: connects
  return client;
}

async function loadUser(id) {
  const { rows } = await pool.query('select * from users where id = $1', [id]); // suspended: loadUser ×6
  return rows[0];
}

async function handle(id) {
  const user = await loadUser(id); // suspended: handle ×6
  return user.name;
}

void connects();
for (let id = 0; id < 6; id++) void handle(id);
setTimeout(() => process.exit(), 60_000);

// chain: connects → ... → [* found Client]
// chain: handle → loadUser → ... → [* found] ×6
