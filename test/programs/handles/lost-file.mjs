// Loses a FileHandle, whose descriptor another file has before Node says so. Run with --expose-gc.
import { openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';

const self = new URL(import.meta.url);
setInterval(() => {}, 1000);
async function lose() {
  await open(self);
}
await lose();
await turn();
const warned = new Promise((resolve) => process.once('warning', resolve)); // from Node 26 on the process ends here
globalThis.gc();
openSync(self);
await warned;
process.exit();
