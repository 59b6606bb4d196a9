// tinypool under the hook, on programs that know nothing of loopscope.
import { expect, test } from 'vitest';
import { outputsOf, stuckIn } from '../support/libraries.ts';

test('a stuck worker: what it runs and who waits for it', async () => {
  expect(await stuckIn('tinypool.mjs')).toEqual([
    'job work.cjs at tinypool.mjs:6: pending',
    'job other at tinypool.mjs:7: start tinypool tinypool.mjs:5 at tinypool.mjs:7',
    'executor tinypool tinypool.mjs:5 at tinypool.mjs:5 · 1 of 1 workers busy · 1 queued · held by work.cjs at tinypool.mjs:6',
  ]);
});

test('CommonJS: what was aborted, refused or failed is not pending', async () => {
  expect(await stuckIn('tinypool.cjs')).toEqual([
    'job last at threads-ended.cjs:13: pending',
    'executor tinypool threads-ended.cjs:6 at threads-ended.cjs:6 · 1 of 1 workers busy · held by last at threads-ended.cjs:13',
  ]);
});

test('nothing changes for the program', async () => {
  const { hooked, bare } = await outputsOf('tinypool-unchanged.mjs');
  expect(hooked).toEqual(bare);
});
