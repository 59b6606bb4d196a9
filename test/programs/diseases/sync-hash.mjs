// A server that hashes a password in each request, and has everybody else wait for it.
import { pbkdf2Sync } from 'node:crypto';
import { createServer } from 'node:http';

function hashPassword(password) {
  return pbkdf2Sync(password, 'salt', 15_000, 32, 'sha256').toString('hex');
}

createServer((request, response) => {
  response.end(hashPassword('secret'));
}).listen(0);
