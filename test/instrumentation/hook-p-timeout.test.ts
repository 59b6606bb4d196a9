// p-timeout under the hook, on programs that know nothing of loopscope.
import { expect, test } from 'vitest';
import { outputsOf, stuckIn } from '../support/libraries.ts';

test('who waits, where, and until when', async () => {
  expect(await stuckIn('p-timeout.mjs')).toEqual([
    'task (main) at nowhere: await at p-timeout.mjs:5 and await at p-timeout.mjs:6 and await at p-timeout.mjs:7',
  ]);
});

test('CommonJS: what ended or timed out is not pending', async () => {
  expect(await stuckIn('p-timeout.cjs')).toEqual(['task (main) at nowhere: await at p-timeout.cjs:7']);
});

test('nothing changes for the program', async () => {
  const { hooked, bare } = await outputsOf('p-timeout-unchanged.mjs');
  expect(hooked).toEqual(bare);
});
