// A heap of more than 100 MB, in few objects: 16 million numbers that are not small.
globalThis.numbers = Array.from({ length: 16 }, () => Array.from({ length: 1_000_000 }, (_, index) => index + 0.5));

async function waits() {
  await new Promise((resolve) => {
    globalThis.resolve = resolve;
  }); // suspended: waits @-2:3
}

void waits();
setTimeout(() => process.exit(), 60_000);
setImmediate(console.log, 'READY');
