// Resolvers in a table so large that V8 gives it a page of its own.
class Store {
  pending = new Map();

  ask(key) {
    return new Promise((resolve) => this.pending.set(key, resolve));
  }
}

const store = new Store();

async function wait(key) {
  await store.ask(key); // suspended: wait ×12000
}

for (let key = 0; key < 12_000; key++) void wait(key);
console.log('READY');
setTimeout(() => process.exit(), 60_000);

// chain: wait → [* found Store.pending] ×12000
