// A name server that never answers.
import { createSocket } from 'node:dgram';
import { promises, Resolver } from 'node:dns';
import { once } from 'node:events';
import { promisify } from 'node:util';

const server = createSocket('udp4').bind(0, '127.0.0.1');
await once(server, 'listening');
const servers = [`127.0.0.1:${server.address().port}`];
const options = { timeout: 60_000, tries: 1 };
const withPromises = new promises.Resolver(options);
withPromises.setServers(servers);
const withCallbacks = new Resolver(options);
withCallbacks.setServers(servers);

async function finds(name) {
  return await withPromises.resolve4(name); // suspended: finds ×2
}

async function findsPromisified() {
  return await promisify(withCallbacks.resolveMx.bind(withCallbacks))('mail.example'); // suspended: findsPromisified
}

async function receives() {
  await once(createSocket('udp4').bind(0, '127.0.0.1'), 'message'); // suspended: receives
}

void finds('one.example');
void finds('two.example');
void findsPromisified();
void receives();
let asked = 0;
server.on('message', () => {
  if (++asked === 3) setTimeout(console.log, 50, 'READY');
});
setTimeout(() => process.exit(), 60_000);

// chain: finds → [dns found] ×2
// chain: findsPromisified → [dns found]
// chain: receives → [socket|event found]
