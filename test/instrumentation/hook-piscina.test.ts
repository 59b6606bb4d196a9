// piscina under the hook, on programs that know nothing of loopscope.
import { expect, test } from 'vitest';
import { outputsOf, stuckIn } from '../support/libraries.ts';

test('a stuck worker: what it runs and who waits for it', async () => {
  expect(await stuckIn('piscina.mjs')).toEqual([
    'job work.cjs at piscina.mjs:6: pending',
    'job other at piscina.mjs:7: start piscina piscina.mjs:5 at piscina.mjs:7',
    'executor piscina piscina.mjs:5 at piscina.mjs:5 · 1 of 1 workers busy · 1 queued · held by work.cjs at piscina.mjs:6',
  ]);
});

test('CommonJS: what was aborted, refused or failed is not pending', async () => {
  expect(await stuckIn('piscina.cjs')).toEqual([
    'job last at threads-ended.cjs:13: pending',
    'executor piscina threads-ended.cjs:6 at threads-ended.cjs:6 · 1 of 1 workers busy · held by last at threads-ended.cjs:13',
  ]);
});

test('nothing changes for the program', async () => {
  const { hooked, bare } = await outputsOf('piscina-unchanged.mjs');
  expect(hooked).toEqual(bare);
});

test('the threads of executors of loopscope are not shown twice', async () => {
  expect(await stuckIn('own-threads.mjs')).toEqual([
    'job hang at own-threads.mjs:5: run threads at own-threads.mjs:5',
    'executor threads at own-threads.mjs:4 · 1 of 1 workers busy · held by hang at own-threads.mjs:5',
  ]);
});
