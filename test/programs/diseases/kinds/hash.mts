// A server that hashes in each request, in a module of TypeScript.
import { pbkdf2Sync } from 'node:crypto';
import { createServer } from 'node:http';

interface Credentials {
  readonly password: string;
}

function hashPassword({ password }: Credentials): string {
  return pbkdf2Sync(password, 'salt', 20_000, 64, 'sha512').toString('hex');
}

createServer((request, response) => {
  response.end(hashPassword({ password: request.url ?? '' }));
}).listen(0);
