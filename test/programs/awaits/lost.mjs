// Nobody has the resolver. Some of the promises are kept all the same: their functions wait for ever.
const kept = [];

async function lost() {
  await new Promise(() => {}); // suspended: lost ×20
}

async function job() {
  await lost(); // suspended: job ×20
}

async function keeper() {
  const promise = new Promise(() => {});
  kept.push(promise);
  await promise; // suspended: keeper ×3
}

for (let index = 0; index < 20; index++) void job();
for (let index = 0; index < 3; index++) void keeper();
setTimeout(() => process.exit(kept.length), 60_000);
setImmediate(console.log, 'READY');

// chain: job → lost → [* none] ×20
// chain: keeper → [* none] ×3
