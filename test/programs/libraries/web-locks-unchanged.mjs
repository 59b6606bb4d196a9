// Prints what a program can see of Web Locks.
const print = (...words) => console.log(...words);
process.on('unhandledRejection', (error) => print('unhandled', error.message));

const { locks } = navigator;
const prototype = Object.getPrototypeOf(locks);
const { get } = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
print(get.name, Object.getOwnPropertyDescriptor(Object.getPrototypeOf(navigator), 'locks').get.name);
print(
  locks === navigator.locks,
  prototype.request.name,
  prototype.request.length,
  Reflect.ownKeys(prototype).map(String).join(),
);
let tick = 0;
void (async () => {
  for (; tick < 200; tick++) await null;
})();
print(await locks.request('a', (lock) => `${lock.name} ${lock.mode}`));
const failed = async () => {
  throw new Error('no');
};
await locks.request('a', failed).catch((error) => print(error.message));
await locks.request('a', () => failed()).catch((error) => print(error.message));
await locks
  .request('thrown', () => {
    throw new Error('at once');
  })
  .catch((error) => print(error.message));
await locks.request('-a', () => {}).catch((error) => print(error.name));
await locks.request('a').catch((error) => print(error.name, error.code));
await Reflect.apply(prototype.request, {}, ['b', () => {}]).then(
  () => print('any this'),
  (error) => print(error.name),
);
const { promise: releasing, resolve: release } = Promise.withResolvers();
const granted = Promise.withResolvers();
const held = locks.request('a', () => {
  granted.resolve();
  return releasing;
});
await granted.promise;
const controller = new AbortController();
const aborted = locks.request('a', { signal: controller.signal }, () => {});
print(await locks.request('a', { ifAvailable: true }, (lock) => lock));
controller.abort();
await aborted.catch((error) => print(error.name));
print(JSON.stringify(await locks.query()).replaceAll(/node-\d+/g, 'node'));
release('done');
print(await held);
print(await Promise.all([1, 2].map((number) => locks.request('s', { mode: 'shared' }, () => number))));
