// Two connections that are never made: of one the address is still looked for, of the other it is its server that takes none.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { askForReport } from './ask.ts';

const deaf = `require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
  require('node:fs').writeSync(1, String(this.address().port));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
})`;
const child = spawn(process.execPath, ['-e', deaf], { env: {}, stdio: ['ignore', 'pipe', 'inherit'] });
const [port] = await once(child.stdout, 'data');
// As many as wait until they are taken.
for (let count = 0; count < 4; count++) connect({ port: Number(port), host: '127.0.0.1' }).unref();
await pause(100);
connect({ port: 5432, host: 'database', lookup() {} });
connect({ port: Number(port), host: '127.0.0.1' });
await pause(100);
await askForReport();
child.kill('SIGKILL');
process.exit();
