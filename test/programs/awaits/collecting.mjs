// Three hundred requests hang while the garbage collector moves everything about. Needs --expose-gc.
const waiting = new Set();
const kept = [];

async function query(id) {
  await new Promise((resolve) => waiting.add(resolve)); // suspended: query ×300
  return id;
}

async function request(id) {
  return [await query(id)]; // suspended: request ×300
}

for (let id = 0; id < 300; id++) void request(id);
let turns = 0;
setInterval(() => {
  turns++;
  for (let index = 0; index < 20_000; index++) kept[index % 5000] = { index, text: `x${index}`, tags: [index] };
  globalThis.gc({ type: turns % 8 === 0 ? 'major' : 'minor' });
  if (turns === 3) console.log('READY');
}, 10);
setTimeout(() => process.exit(), 60_000);
