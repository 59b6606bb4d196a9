// Web Locks under the hook, in programs that know nothing of loopscope.
import { expect, test } from 'vitest';
import { outputsOf, stuckIn } from '../support/libraries.ts';

// Node 22 has none
const isThere = 'locks' in navigator;

test.runIf(isThere)(
  'who waits for a name and who holds it, alone or shared; what was given up is not pending',
  async () => {
    expect(await stuckIn('web-locks.mjs')).toEqual([
      'task (main) at nowhere: acquire navigator.locks shelf at web-locks.mjs:5 and acquire navigator.locks stock at web-locks.mjs:5',
      'lock navigator.locks stock at web-locks.mjs:8 · 1 waiting · held by (main) at web-locks.mjs:8',
      'lock navigator.locks shelf at web-locks.mjs:5 · 1 waiting · held by (main) at web-locks.mjs:5 · held by (main) at web-locks.mjs:5',
    ]);
  },
);

test.runIf(isThere)('nothing changes for the program', async () => {
  const { hooked, bare } = await outputsOf('web-locks-unchanged.mjs');
  expect(hooked).toEqual(bare);
});
