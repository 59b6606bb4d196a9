// The awaits hang, and then the loop stops turning.
import { writeSync } from 'node:fs';

const waiting = [];

async function job(id) {
  await new Promise((resolve) => waiting.push(resolve)); // suspended: job ×2
  return id;
}

async function runAll() {
  await Promise.all([job(1), job(2)]); // suspended: runAll
}

void runAll();
setImmediate(() => {
  writeSync(1, 'READY\n');
  const end = Date.now() + 60_000;
  while (Date.now() < end);
  process.exit();
});

// chain: runAll → all[0/2] → job → [* found waiting]
// chain: runAll → all[1/2] → job → [* found waiting]
