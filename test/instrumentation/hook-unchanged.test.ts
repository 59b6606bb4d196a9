// What the hook changes for a program that uses the libraries: nothing.
import { expect, test } from 'vitest';
import { program, register, startNode } from '../support/cli.ts';

async function outputOf(env: Record<string, string>): Promise<string[]> {
  const words = ['--import', register, program('libraries/unchanged.mjs')];
  const { stdout, stderr, code } = await startNode(words, { env }).outcome;
  return [...stdout.split('\n'), stderr, String(code)];
}

test('names, members, order of events, errors and unhandled rejections are those of the library', async () => {
  const bare = await outputOf({ LOOPSCOPE_DISABLE: 'all' });
  expect(bare.length).toBeGreaterThan(70);
  expect(await outputOf({})).toEqual(bare);
});
