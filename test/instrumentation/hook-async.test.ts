// async under the hook, on programs that know nothing of loopscope.
import { expect, test } from 'vitest';
import { outputsOf, stuckIn } from '../support/libraries.ts';

test.each([
  // version 2 asks for the interval with a number that is one more
  ['async.mjs', 'async', 2],
  ['async.cjs', 'async', 2],
  ['async.cjs', 'async-2', 1],
])(
  '%s with %s: items of queues and cargos, calls with a limit, the attempts of a retry',
  async (file, library, tries) => {
    expect(await stuckIn(file, { ASYNC: library })).toEqual([
      `job async ${file}:4 at ${file}:10: pending`,
      `job async ${file}:4 at ${file}:12: start async ${file}:4 at ${file}:12`,
      `job async ${file}:7 at ${file}:13: pending`,
      `job async ${file}:8 at ${file}:14: pending`,
      `job async ${file}:8 at ${file}:14: pending`,
      `job async ${file}:8 at ${file}:14: start async ${file}:8 at ${file}:14`,
      `call async ${file}:19 at ${file}:19: join async ${file}:19 at ${file}:19`,
      `job async ${file}:19 at ${file}:19: pending`,
      `job async ${file}:19 at ${file}:19: pending`,
      `retry ask at ${file}:32, attempt ${tries} of 5 after Error: no ${tries}: delay at ${file}:32`,
      `queue async ${file}:4 at ${file}:4 · 1 in it · 1 taken and not done · held by async ${file}:4 at ${file}:10`,
      `queue async ${file}:7 at ${file}:7 · 0 in it · 1 taken and not done · held by async ${file}:7 at ${file}:13`,
      `queue async ${file}:8 at ${file}:8 · 1 in it · 2 taken and not done · held by async ${file}:8 at ${file}:14 · held by async ${file}:8 at ${file}:14`,
      `limiter async ${file}:19 at ${file}:19 · 2 of 2 used · held by async ${file}:19 at ${file}:19 · held by async ${file}:19 at ${file}:19`,
    ]);
  },
);

test.each(['async', 'async-2'])('nothing changes for a program with %s', async (library) => {
  const { hooked, bare } = await outputsOf('async-unchanged.cjs', { ASYNC: library });
  expect(hooked).toEqual(bare);
});
