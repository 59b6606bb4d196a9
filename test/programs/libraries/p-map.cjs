// Of version 4, as CommonJS: what ended or failed is not pending.
const pMap = require('p-map-4');

void (async () => {
  await pMap([1, 2], async (number) => number, { concurrency: 1 });
  await pMap([1, 2], () => Promise.reject(new Error('no'))).catch(() => {});
  await pMap([1], async () => 1, { concurrency: 0 }).catch(() => {});
  void pMap([1, 2], () => new Promise(() => {}), { concurrency: 1 });
})();
