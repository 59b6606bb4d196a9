// Five hundred functions await one promise, directly or through one function.
let open;
const gate = new Promise((resolve) => {
  open = resolve;
});

async function visitor() {
  await gate; // suspended: visitor ×500
}

async function group() {
  await Promise.all(visitors); // suspended: group
}

const visitors = Array.from({ length: 500 }, visitor);
const once = group();

async function impatient() {
  await once; // suspended: impatient ×20
}

for (let index = 0; index < 20; index++) void impatient();
setTimeout(() => process.exit(open()), 60_000);
setImmediate(console.log, 'READY');

// chain: visitor → [* found open] ×500
// chain: impatient → group → all[0/500] → visitor → [* found open] ×20
// chain: impatient → group → all[499/500] → visitor ×20
