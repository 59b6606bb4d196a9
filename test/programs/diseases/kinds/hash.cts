// A server that hashes in each request, in CommonJS of TypeScript.
const { pbkdf2Sync } = require('node:crypto') as typeof import('node:crypto');
const { createServer } = require('node:http') as typeof import('node:http');

interface Credentials {
  readonly password: string;
}

function hashPassword({ password }: Credentials): string {
  return pbkdf2Sync(password, 'salt', 20_000, 64, 'sha512').toString('hex');
}

createServer((request, response) => {
  response.end(hashPassword({ password: request.url ?? '' }));
}).listen(0);
