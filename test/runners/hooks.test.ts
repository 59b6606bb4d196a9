// Hooks of tests that hang: they are reported at their timeout, under their own name.
import { expect, test } from 'vitest';
import { hangingHooks } from '../support/runner-hooks.ts';
import { runTexts, unnamed } from '../support/runner-suites.ts';
import { jest, mocha, nodeTest, vitest } from '../support/runners.ts';

test.each([
  {
    runner: vitest,
    hooks: ['beforeAll hook', 'is fine > beforeEach hook', 'is fine > afterEach hook', 'afterAll hook'],
  },
  { runner: jest, hooks: ['beforeAll hook', 'is fine > beforeEach hook', 'is fine > afterEach hook', 'afterAll hook'] },
  { runner: nodeTest, hooks: ['before hook', 'is fine > beforeEach hook', 'is fine > afterEach hook', 'after hook'] },
  {
    runner: mocha,
    hooks: ['"before all" hook', 'is fine > "before each" hook', 'is fine > "after each" hook', '"after all" hook'],
  },
])('hooks that hang are named by their lines with $runner.entry', async ({ runner, hooks }) => {
  const kinds = ['beforeAll', 'beforeEach', 'afterEach', 'afterAll'];
  const run = await runTexts(runner, { [`hooks${runner.ending}`]: hangingHooks(runner) });
  const reports = [...run.output.matchAll(/loopscope: (\w+ > .*?) · timed out after 200 ms/g)].map(([, name]) => name);
  expect({ reports, unnamed: unnamed(run), ...(unnamed(run).length > 0 && { output: run.output }) }).toEqual({
    reports: kinds.map((kind, index) => `${kind} > ${hooks[index]}`),
    unnamed: [],
  });
});
