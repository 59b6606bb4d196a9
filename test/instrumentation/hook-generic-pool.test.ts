// generic-pool under the hook, on programs that know nothing of loopscope.
import { expect, test } from 'vitest';
import { outputsOf, stuckIn } from '../support/libraries.ts';

test('an exhausted pool: who borrowed and where, and who waits', async () => {
  expect(await stuckIn('generic-pool.mjs')).toEqual([
    'task (main) at nowhere: acquire generic-pool generic-pool.mjs:4 at generic-pool.mjs:15 and acquire generic-pool generic-pool.mjs:4 at generic-pool.mjs:7',
    'pool generic-pool generic-pool.mjs:4 at generic-pool.mjs:4 · 2 of 2 borrowed · 2 waiting · held by (main) at generic-pool.mjs:7 · held by (main) at generic-pool.mjs:12',
  ]);
});

test('CommonJS: what timed out, was released or destroyed is not pending', async () => {
  expect(await stuckIn('generic-pool.cjs')).toEqual([
    'task (main) at nowhere: acquire generic-pool generic-pool.cjs:4 at generic-pool.cjs:12',
    'pool generic-pool generic-pool.cjs:4 at generic-pool.cjs:4 · 1 of 1 borrowed · 1 waiting · held by (main) at generic-pool.cjs:8',
  ]);
});

test('nothing changes for the program', async () => {
  const { hooked, bare } = await outputsOf('generic-pool-unchanged.mjs');
  expect(hooked).toEqual(bare);
});
