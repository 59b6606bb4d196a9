// cockatiel under the hook, on programs that know nothing of loopscope.
import { expect, test } from 'vitest';
import { outputsOf, stuckIn } from '../support/libraries.ts';

test('an open breaker, a probe, a retry, a full bulkhead and a timeout that has not come', async () => {
  expect(await stuckIn('cockatiel.mjs')).toEqual([
    'task (main) at nowhere: acquire cockatiel cockatiel.mjs:27 at cockatiel.mjs:31',
    'call pay at cockatiel.mjs:21: pending',
    'call never at cockatiel.mjs:30: pending',
    'retry fail at cockatiel.mjs:34, attempt 1 of 6 after Error: connect ECONNREFUSED: delay at cockatiel.mjs:34',
    'job never at cockatiel.mjs:37: pending',
    'job second at cockatiel.mjs:38: acquire cockatiel cockatiel.mjs:36 at cockatiel.mjs:38',
    'retry cockatiel cockatiel.mjs:42 at cockatiel.mjs:42, attempt 1 of 3: pending',
    'attempt cockatiel cockatiel.mjs:42 at cockatiel.mjs:42, attempt 1 of 3: pending',
    'call cockatiel cockatiel.mjs:42 at cockatiel.mjs:42: await at cockatiel.mjs:42',
    'breaker cockatiel cockatiel.mjs:20 at cockatiel.mjs:20 · open for … · 1 of 1 calls failed · 1 refused · last error: Error: connect ECONNREFUSED · next probe in …',
    'breaker cockatiel cockatiel.mjs:27 at cockatiel.mjs:27 · half-open for … · 1 of 1 calls failed · last error: Error: connect ECONNREFUSED',
    'limiter cockatiel cockatiel.mjs:36 at cockatiel.mjs:36 · 1 of 1 used · 1 waiting · held by never at cockatiel.mjs:37',
  ]);
});

test('CommonJS of version 3: what ended is not pending', async () => {
  expect(await stuckIn('cockatiel.cjs')).toEqual([
    'retry last at cockatiel.cjs:35, attempt 1 of 3: pending',
    'attempt last at cockatiel.cjs:35, attempt 1 of 3: pending',
    'breaker cockatiel cockatiel.cjs:33 at cockatiel.cjs:33 · open for … · 1 of 1 calls failed · last error: Error: no · next probe in …',
  ]);
});

test('nothing changes for the program', async () => {
  const { hooked, bare } = await outputsOf('cockatiel-unchanged.mjs');
  expect(hooked).toEqual(bare);
});
