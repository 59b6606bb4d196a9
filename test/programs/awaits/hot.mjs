// Functions that have run so often that V8 has compiled them, one into the other, before they suspend.
const held = [];
const hang = () => new Promise((resolve) => held.push(resolve));

class Cache {
  entries = new Map();

  async load(id) {
    const entry = this.entries.get(id);
    if (entry !== undefined) return entry;
    const loaded = id === 'lost' ? await hang() : await Promise.resolve({ id }); // suspended: Cache.load ×30 @36
    this.entries.set(id, loaded);
    return loaded;
  }
}

const cache = new Cache();
const sum = (a, b) => a + b;

async function visit(id, index) {
  const entry = await cache.load(id); // suspended: visit ×30
  return sum(entry.id, index);
}

async function* visits(id) {
  for (let index = 0; index < 40_000; index++) yield await visit(id, index);
  yield await visit('lost', 0); // suspended: visits* ×30
}

async function main() {
  let total = 0;
  for await (const value of visits(1)) total = sum(total, value); // suspended: main ×30
  return total;
}

let busy = 30;
async function warmUp() {
  for (let round = 0; round < 40_000; round++) await visit(round & 7, round);
}

await warmUp();
cache.entries.clear();
await warmUp();
const load = cache.load.bind(cache);
cache.load = (id) => {
  if (id === 'lost' && --busy === 0) setTimeout(console.log, 50, 'READY');
  return load(id);
};
for (let index = 0; index < 30; index++) void main();
setTimeout(() => process.exit(), 60_000);

// chain: main → visits#1 → visit → Cache.load → [* found held] ×30
