// A pipe in the file system that nobody writes to: opening it for reading waits. Its folder is the first argument.
import { execFileSync } from 'node:child_process';
import { open as openWithCallback, read } from 'node:fs';
import { open, readFile, watch } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const folder = process.argv[2];
const pipe = join(folder, 'pipe');
const held = join(folder, 'held');
execFileSync('mkfifo', [pipe, held]);

async function readsFile() {
  return await readFile(pipe, 'utf8'); // suspended: readsFile
}

async function opensFile() {
  const file = await open(pipe); // suspended: opensFile
  return file;
}

async function readsDescriptor() {
  const descriptor = await promisify(openWithCallback)(held, 'r+');
  setTimeout(console.log, 50, 'READY');
  await promisify(read)(descriptor, Buffer.alloc(10), 0, 10, null); // suspended: readsDescriptor
}

async function watches() {
  for await (const change of watch(folder)) void change; // suspended: watches
}

setTimeout(() => process.exit(), 60_000);
void watches();
await Promise.all([readsFile(), opensFile(), readsDescriptor()]); // suspended: (module)

// chain: (module) → all[0/3] → readsFile → ... → [file found]
// chain: (module) → all[1/3] → opensFile → ... → [file found]
// chain: (module) → all[2/3] → readsDescriptor → [file found]
// chain: watches → ... → [file|event found]
