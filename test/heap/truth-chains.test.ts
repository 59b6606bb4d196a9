// Who awaits whom, through everything that stands between two functions.
import { expect, test } from 'vitest';
import { tryProgram, type Setting } from './trial.ts';

const modules = ['main', 'database', 'settings', 'plugin'].map((name) => `modules/${name}.mjs`);

test.concurrent.each<[string, Setting]>([
  ['combinators.mjs', {}],
  ['reactions.mjs', {}],
  ['generators.mjs', {}],
  ['thenables.mjs', {}],
  ['modules/main.mjs', { sources: modules }],
  ['mutex.mjs', {}],
  ['queue.mjs', {}],
  ['limits.mjs', {}],
  ['shared.mjs', {}],
  ['deep.mjs', {}],
  ['als.mjs', {}],
  ['lost.mjs', {}],
  ['collected.mjs', { flags: ['--expose-gc'] }],
])('every await of %s is found, with what it hangs on', async (program, setting) => {
  expect((await tryProgram(program, setting)).wrong).toEqual([]);
});
