// Web Locks under the hook, in programs that know nothing of loopscope.
import { expect, test } from 'vitest';
import { register, startNode } from '../support/cli.ts';
import { outputsOf, stuckIn } from '../support/libraries.ts';

// Node 22 has none: there the tests are not there.
const sorts = 'locks' in navigator ? ['navigator.locks'] : [];

test.each(sorts)(
  '%s: who waits for a name and who holds it, alone or shared; what was given up is not pending',
  async () => {
    expect(await stuckIn('web-locks.mjs')).toEqual([
      'task (main) at nowhere: acquire navigator.locks broken at web-locks.mjs:5 and acquire navigator.locks shelf at web-locks.mjs:5 and acquire navigator.locks stock at web-locks.mjs:5',
      'lock navigator.locks stock at web-locks.mjs:8 · 1 waiting · held by (main) at web-locks.mjs:8',
      'lock navigator.locks shelf at web-locks.mjs:5 · 1 waiting · held by (main) at web-locks.mjs:5 · held by (main) at web-locks.mjs:5',
      'lock navigator.locks broken at web-locks.mjs:5 · 1 waiting · held by (main) at web-locks.mjs:5',
    ]);
  },
);

test.each(sorts)('%s: nothing changes for the program', async () => {
  const { hooked, bare } = await outputsOf('web-locks-unchanged.mjs');
  expect(hooked).toEqual(bare);
});

test('navigator is what it is without the hook, and has locks only where Node has them', async () => {
  const source = `const names = Reflect.ownKeys(Object.getPrototypeOf(navigator));
    console.log(JSON.stringify([names, Object.getOwnPropertyDescriptor(globalThis, 'navigator').enumerable]));`;
  const outputs = [['--import', register], []].map((flags) => startNode([...flags, '-e', source]).outcome);
  const [hooked, bare] = await Promise.all(outputs);
  expect([hooked?.stderr, hooked?.stdout]).toEqual(['', bare?.stdout]);
  expect(hooked?.stdout.includes('"locks"')).toBe('locks' in navigator);
});
