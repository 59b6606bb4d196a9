// Holds a promise, and nothing that could settle it.
globalThis.promise = new Promise(() => {});

async function waitsForNobody() {
  await globalThis.promise; // suspended: waitsForNobody
}

void waitsForNobody();
setTimeout(() => process.exit(), 60_000);
setImmediate(console.log, 'READY');

// chain: waitsForNobody → [* none]
