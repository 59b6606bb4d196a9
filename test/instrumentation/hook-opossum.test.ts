// opossum under the hook, on programs that know nothing of loopscope.
import { expect, test } from 'vitest';
import { outputsOf, stuckIn } from '../support/libraries.ts';

test('an open breaker with its last error and next probe, and the calls that hang', async () => {
  expect(await stuckIn('opossum.mjs')).toEqual([
    'call payments at opossum.mjs:11: pending',
    'call opossum opossum.mjs:17 at opossum.mjs:17: pending',
    'breaker opossum payments at opossum.mjs:9 · open for … · 2 of 3 calls failed · 1 refused · last error: Error: connect ECONNREFUSED · next probe in …',
  ]);
});

test('CommonJS, and version 8: breakers that closed again, timed out, and probe', async () => {
  expect(await stuckIn('opossum.cjs')).toEqual([
    'call opossum opossum.cjs:20 at opossum.cjs:20: pending',
    'call opossum opossum.cjs:20 at opossum.cjs:20: pending',
    'breaker opossum slow at opossum.cjs:15 · open for … · 1 of 1 calls failed · last error: Error: Timed out after 10ms · next probe in …',
    'breaker opossum opossum.cjs:17 at opossum.cjs:17 · half-open for … · 1 of 2 calls failed · last error: Error: no',
    'breaker opossum slow at opossum.cjs:15 · open for … · 1 of 1 calls failed · last error: Error: Timed out after 10ms · next probe in …',
    'breaker opossum opossum.cjs:17 at opossum.cjs:17 · half-open for … · 1 of 2 calls failed · last error: Error: no',
  ]);
});

test('nothing changes for the program', async () => {
  const { hooked, bare } = await outputsOf('opossum-unchanged.mjs');
  expect(hooked).toEqual(bare);
});
