// What the hook changes for a program that uses the libraries: nothing.
import { expect, test } from 'vitest';
import { outputsOf } from '../support/libraries.ts';

test('names, members, order of events, errors and unhandled rejections are those of the library', async () => {
  const { hooked, bare } = await outputsOf('unchanged.mjs');
  expect(bare.length).toBeGreaterThan(70);
  expect(hooked).toEqual(bare);
});
