// Places in the steps to a settler: mapped to the source, and short for people.
import { expect, test } from 'vitest';
import { mapStep, shortStep } from '../../src/heap/settler-steps.ts';

test.each([
  ['take (/shop/dist/lock.js:24:5)', 'take (/shop/src/lock.ts:10:7)', 'take (lock.ts:10)'],
  ['take (file:///shop/dist/lock.js:24:5)', 'take (/shop/src/lock.ts:10:7)', 'take (lock.ts:10)'],
  ['(anonymous) (C:\\shop\\dist\\lock.js:24:5)', '(anonymous) (/shop/src/lock.ts:10:7)', '(anonymous) (lock.ts:10)'],
  ['take (/shop/dist/lock.js)', 'take (/shop/dist/lock.js)', 'take (lock.js)'],
  ['wrapper (node:events:635:3)', 'wrapper (node:events:635:3)', 'wrapper (node:events:635)'],
  ['Mutex.queue', 'Mutex.queue', 'Mutex.queue'],
  ['resolve()', 'resolve()', 'resolve()'],
])('%s', (step, mapped, short) => {
  const found = mapStep(step, (site) =>
    site.file.startsWith('node:') ? site : { ...site, file: '/shop/src/lock.ts', line: 10, column: 7 },
  );
  expect([found, shortStep(found)]).toEqual([mapped, short]);
});
