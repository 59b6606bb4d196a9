// Runners whose process does not end after its tests: what keeps it alive is reported, and it is ended with a code.
import { expect, test } from 'vitest';
import { leaving } from '../support/runner-leaving.ts';
import { runTexts, unnamed, type Runner } from '../support/runner-suites.ts';
import { jest, mocha, nodeTest, oneProcess } from '../support/runners.ts';

const without = (runner: Runner, word: string, ...more: readonly string[]): Runner => ({
  ...runner,
  command: (...files) => [...runner.command(...more, ...files).filter((each) => each !== word)],
});

test.concurrent.each([
  { name: 'jest', runner: without(jest, '--forceExit', '--runInBand') },
  { name: 'jest with --detectOpenHandles', runner: without(jest, '--forceExit', '--detectOpenHandles') },
  { name: 'mocha', runner: mocha },
  { name: 'node:test', runner: without(nodeTest, '', oneProcess) },
])('$name is told what keeps it alive, of all files, and is ended with code 71', async ({ name, runner }) => {
  const texts = Object.fromEntries(['cart', 'order'].map((each) => [`${each}${runner.ending}`, leaving(runner, each)]));
  const run = await runTexts(runner, texts);
  const last = run.output.slice(run.output.indexOf('loopscope: all tests are over, and the process does not end'));
  const left = unnamed({ ...run, output: last });
  expect({
    name,
    code: run.code,
    left,
    own: /[●] .*(?:loopscope|bound-anonymous-fn)/.exec(run.output)?.[0],
    ...((left.length > 0 || run.code !== 71) && { output: run.output }),
  }).toEqual({ name, code: 71, left: [], own: undefined });
});

test.concurrent('a module of node:test that awaits something between its tests is not over, and is left alone', async () => {
  const text = `import { test } from 'node:test';
import { createServer } from 'node:net';
const server = createServer();
await new Promise((resolve) => { server.listen(0, () => resolve(null)); });
await test('first', () => {});
await new Promise((resolve) => { setTimeout(resolve, 2500); });
await test('second', () => {});
server.close();
`;
  const { code, output } = await runTexts(nodeTest, { 'slow.ts': text }, { LOOPSCOPE_TEST_EXIT_AFTER: '200ms' });
  expect({ code, said: output.split('\n').filter((line) => line.includes('loopscope')) }).toEqual({
    code: 0,
    said: [],
  });
});
