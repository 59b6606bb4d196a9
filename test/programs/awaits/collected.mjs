// Nobody has the resolver, and a garbage collection has come by: only what is kept is sure to be seen. Needs --expose-gc.
const kept = [];

async function lost() {
  await new Promise(() => {}); // suspended: lost ×0-20
}

async function job() {
  await lost(); // suspended: job ×0-20
}

async function keeper() {
  const promise = new Promise(() => {});
  kept.push(promise);
  await promise; // suspended: keeper ×3
}

for (let index = 0; index < 20; index++) void job();
for (let index = 0; index < 3; index++) void keeper();
setTimeout(() => process.exit(kept.length), 60_000);
setImmediate(() => {
  globalThis.gc();
  globalThis.gc();
  console.log('READY');
});

// chain: keeper → [* none] ×3
