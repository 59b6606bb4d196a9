// Synchronous calls: as modules are loaded, in the first turn of the loop, and after it. The calls do what they always do.
import { execFileSync } from 'node:child_process';
import { pbkdf2Sync } from 'node:crypto';
import * as fs from 'node:fs';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';

const require = createRequire(import.meta.url);
readFileSync(import.meta.filename); // while the module is loaded

function work() {
  readFileSync(import.meta.filename);
  existsSync(import.meta.filename);
  execFileSync('true');
  pbkdf2Sync('a', 'b', 1000, 16, 'sha256');
  gzipSync('text');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
  require('./lazy.cjs'); // which reads, as it is loaded
}

function unchanged() {
  let code;
  try {
    readFileSync('/no/such/file');
  } catch (error) {
    code = error.code;
  }
  const { name, length } = fs.readFileSync;
  console.log(
    JSON.stringify({
      code,
      name,
      length,
      native: typeof fs.realpathSync.native,
      same: fs.readFileSync === readFileSync,
    }),
  );
}

work(); // in the first turn
setTimeout(() => {
  work();
  unchanged();
}, 20);
