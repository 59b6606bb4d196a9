// opossum under the hook, on programs that know nothing of loopscope.
import { expect, test } from 'vitest';
import { outputsOf, stuckIn } from '../support/libraries.ts';

test('an open breaker with its last error and next probe, and the calls that hang', async () => {
  expect(await stuckIn('opossum.mjs')).toEqual([]);
});

test('CommonJS, and version 8: breakers that closed again, timed out, and probe', async () => {
  expect(await stuckIn('opossum.cjs')).toEqual([]);
});

test('nothing changes for the program', async () => {
  const { hooked, bare } = await outputsOf('opossum-unchanged.mjs');
  expect(hooked).toEqual(bare);
});
