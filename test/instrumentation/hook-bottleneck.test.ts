// bottleneck under the hook, on programs that know nothing of loopscope.
import { expect, test } from 'vitest';
import { outputsOf, stuckIn } from '../support/libraries.ts';

test('limiters that starve: what runs, what waits, and what will be tried again', async () => {
  expect(await stuckIn('bottleneck.mjs')).toEqual([
    'job stuck at bottleneck.mjs:7: pending',
    'job next at bottleneck.mjs:10: acquire bottleneck bottleneck.mjs:6 at bottleneck.mjs:10',
    'job bound never at bottleneck.mjs:11: acquire bottleneck bottleneck.mjs:6 at bottleneck.mjs:11',
    'job import at bottleneck.mjs:20: acquire bottleneck hourly at bottleneck.mjs:20',
    'job chained at bottleneck.mjs:23: pending',
    'job retried at bottleneck.mjs:27, attempt 2 of null after Error: no: pending',
    'job chained at bottleneck.mjs:23: acquire bottleneck bottleneck.mjs:6 at bottleneck.mjs:23',
    'limiter bottleneck bottleneck.mjs:6 at bottleneck.mjs:6 · 1 of 1 used · 3 waiting · held by stuck at bottleneck.mjs:7',
    'limiter bottleneck hourly at bottleneck.mjs:13 · 1 of 1 used within … · 1 waiting',
    'limiter bottleneck bottleneck.mjs:22 at bottleneck.mjs:22 · 1 of 2 used · held by chained at bottleneck.mjs:23',
    'limiter bottleneck bottleneck.mjs:25 at bottleneck.mjs:25 · 1 of 1 used · held by retried at bottleneck.mjs:27',
  ]);
});

test('CommonJS: what ended, expired or was dropped is not pending', async () => {
  expect(await stuckIn('bottleneck.cjs')).toEqual([
    'job bottleneck bottleneck.cjs:13 at bottleneck.cjs:13: pending',
    'job task at bottleneck.cjs:17: acquire bottleneck bottleneck.cjs:15 at bottleneck.cjs:17',
    'limiter bottleneck bottleneck.cjs:7 at bottleneck.cjs:7 · 1 of 1 used · held by bottleneck bottleneck.cjs:13 at bottleneck.cjs:13',
    'limiter bottleneck bottleneck.cjs:15 at bottleneck.cjs:15 · 1 of 1 used within … · 1 waiting',
  ]);
});

test('nothing changes for the program', async () => {
  const { hooked, bare } = await outputsOf('bottleneck-unchanged.mjs');
  expect(hooked).toEqual(bare);
});
