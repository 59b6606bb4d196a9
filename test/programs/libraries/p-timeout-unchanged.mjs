// Prints what a program can see of p-timeout.
import * as library from 'p-timeout';

const print = (...words) => console.log(...words);
process.on('unhandledRejection', (error) => print('unhandled', error.message));
const { default: pTimeout, TimeoutError } = library;
print(Object.keys(library).join(), pTimeout.name, pTimeout.length);
let tick = 0;
void (async () => {
  for (; tick < 50; tick++) await null;
})();
const timed = pTimeout(Promise.resolve(1), { milliseconds: 100 });
print(timed.constructor.name, Object.keys(timed).join(), await timed, tick);
await pTimeout(new Promise(() => {}), { milliseconds: 5 }).catch((error) =>
  print(error instanceof TimeoutError, error.message),
);
print(await pTimeout(new Promise(() => {}), { milliseconds: 5, fallback: () => 'fallback' }));
await pTimeout(Promise.reject(new Error('rejected')), { milliseconds: 5 }).catch((error) => print(error.message));
await pTimeout(Promise.resolve(), { milliseconds: 0 }).catch((error) => print(error.message));
void pTimeout(Promise.reject(new Error('that nobody handles')), { milliseconds: 5 });
await new Promise((resolve) => process.once('unhandledRejection', resolve));
print('end');
