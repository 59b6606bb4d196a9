// tarn under the hook, on programs that know nothing of loopscope.
import { expect, test } from 'vitest';
import { outputsOf, stuckIn } from '../support/libraries.ts';

test('an exhausted pool: who borrowed and where, and who waits', async () => {
  expect(await stuckIn('tarn.mjs')).toEqual([
    'task (main) at nowhere: acquire tarn tarn.mjs:4 at tarn.mjs:7',
    'pool tarn tarn.mjs:4 at tarn.mjs:4 · 2 of 2 borrowed · 1 waiting · held by (main) at tarn.mjs:7 · held by (main) at tarn.mjs:12',
  ]);
});

test('CommonJS: what timed out, was released or destroyed is not pending', async () => {
  expect(await stuckIn('tarn.cjs')).toEqual([
    'task (main) at nowhere: acquire tarn tarn.cjs:5 at tarn.cjs:12',
    'pool tarn tarn.cjs:5 at tarn.cjs:5 · 1 of 1 borrowed · 1 waiting · held by (main) at tarn.cjs:9',
  ]);
});

test('nothing changes for the program', async () => {
  const { hooked, bare } = await outputsOf('tarn-unchanged.mjs');
  expect(hooked).toEqual(bare);
});
