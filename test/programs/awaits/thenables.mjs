// What is awaited need not be a promise of V8.
const held = [];
const hang = () => new Promise((resolve) => held.push(resolve));

class Query {
  callbacks = [];

  // oxlint-disable-next-line unicorn/no-thenable -- libraries do it, and that is what is on trial
  then(resolve) {
    this.callbacks.push(resolve);
  }
}

class Deferred extends Promise {
  static get [Symbol.species]() {
    return Promise;
  }
}

const query = new Query();
const deferred = new Deferred((resolve) => held.push(resolve));

async function onQuery() {
  await query; // suspended: onQuery
}

async function onSubclass() {
  await deferred; // suspended: onSubclass
}

async function onResolved() {
  await new Promise((resolve) => resolve(hang())); // suspended: onResolved
}

async function onResolvedQuery() {
  await Promise.resolve(query); // suspended: onResolvedQuery
}

async function returnsPromise() {
  return hang();
}

async function onReturned() {
  await returnsPromise(); // suspended: onReturned
}

async function onWithResolvers() {
  const { promise, resolve } = Promise.withResolvers();
  held.push(resolve);
  await promise; // suspended: onWithResolvers
}

async function onFromAsync() {
  return await Array.fromAsync([hang()]); // suspended: onFromAsync
}

for (const one of [onQuery, onSubclass, onResolved, onResolvedQuery, onReturned, onWithResolvers, onFromAsync]) {
  void one();
}
setTimeout(() => process.exit(), 60_000);
setImmediate(console.log, 'READY');

// chain: onQuery → [* found Query.callbacks]
// chain: onSubclass → ... → [* found held]
// chain: onResolved → [* found held]
// chain: onResolvedQuery → [* found Query.callbacks]
// chain: onReturned → [* found held]
// chain: onWithResolvers → [* found held]
