// Prints what a program can see of p-map.
import * as pMap7 from 'p-map';
import pMap4 from 'p-map-4';

const print = (...words) => console.log(...words);
process.on('unhandledRejection', (error) => print('unhandled', error.message));
print(Object.keys(pMap7).join());
for (const pMap of [pMap7.default, pMap4]) {
  print(pMap.name, pMap.length);
  let tick = 0;
  void (async () => {
    for (; tick < 100; tick++) await null;
  })();
  const seen = [];
  const mapped = pMap(
    [1, Promise.resolve(2), 3],
    async function double(value, index) {
      seen.push([this === undefined, value, index, tick].join(' '));
      return value * 2;
    },
    { concurrency: 2 },
  );
  print(mapped.constructor.name, JSON.stringify(await mapped), tick, seen.join());
  const failing = async function failing() {
    throw new Error('mapper');
  };
  const frames = ({ stack }) =>
    stack
      .split('\n')
      .filter((line) => line.includes('unchanged'))
      .slice(0, 2)
      .map((line) => line.trim().split(' ').slice(0, 3).join(' '));
  await (async function caller() {
    await pMap([1, 2], failing);
  })().catch((error) => print(error.message, frames(error).join()));
  await pMap([1, 2], failing, { stopOnError: false }).catch((error) =>
    print(error.name, [...(error.errors ?? error)].length),
  );
  await pMap([1], 5).catch((error) => print(error.message));
  await pMap([1], failing, { concurrency: 0 }).catch((error) => print(error.message));
  void pMap([1], failing);
  await new Promise((resolve) => process.once('unhandledRejection', resolve));
}
const ending = new AbortController();
const aborted = pMap7.default([1], () => new Promise(() => {}), { signal: ending.signal });
ending.abort(new Error('aborted'));
await aborted.catch((error) => print(error.message));
