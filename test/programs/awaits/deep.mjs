// A chain of a thousand functions.
const held = [];

async function descend(depth) {
  if (depth > 1) return (await descend(depth - 1)) + 1; // suspended: descend ×999
  await new Promise((resolve) => held.push(resolve)); // suspended: descend
  return 1;
}

async function main() {
  await descend(1000); // suspended: main
}

void main();
setTimeout(() => process.exit(), 60_000);
setImmediate(console.log, 'READY');

// chain: main → descend → descend → descend → ... → [* found held]
