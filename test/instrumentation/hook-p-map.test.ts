// p-map under the hook, on programs that know nothing of loopscope.
import { expect, test } from 'vitest';
import { outputsOf, stuckIn } from '../support/libraries.ts';

test('a mapper that hangs: which call, and how many of its limit', async () => {
  expect(await stuckIn('p-map.mjs')).toEqual([
    'call load at p-map.mjs:4: join p-map p-map.mjs:4 at p-map.mjs:4',
    'call p-map p-map.mjs:12 at p-map.mjs:12: join p-map p-map.mjs:12 at p-map.mjs:12',
    'job p-map p-map.mjs:12 at p-map.mjs:12: pending',
    'job load at p-map.mjs:4: pending',
    'limiter p-map p-map.mjs:4 at p-map.mjs:4 · 1 of 2 used · held by load at p-map.mjs:4',
    'limiter p-map p-map.mjs:12 at p-map.mjs:12 · 1 used · held by p-map p-map.mjs:12 at p-map.mjs:12',
  ]);
});

test('CommonJS of version 4: what ended or failed is not pending', async () => {
  expect(await stuckIn('p-map.cjs')).toEqual([
    'call p-map p-map.cjs:8 at p-map.cjs:8: join p-map p-map.cjs:8 at p-map.cjs:8',
    'job p-map p-map.cjs:8 at p-map.cjs:8: pending',
    'limiter p-map p-map.cjs:8 at p-map.cjs:8 · 1 of 1 used · held by p-map p-map.cjs:8 at p-map.cjs:8',
  ]);
});

test('nothing changes for the program', async () => {
  const { hooked, bare } = await outputsOf('p-map-unchanged.mjs');
  expect(hooked).toEqual(bare);
});
