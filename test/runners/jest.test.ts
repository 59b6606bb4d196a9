// Suites that hang or leave something behind, run by jest: the log names the lines that are to blame.
import { expect, test } from 'vitest';
import { checkRunner } from '../support/runner-checks.ts';
import { runSuite, unnamed } from '../support/runner-suites.ts';
import { jest, jestModules, jestTypes } from '../support/runners.ts';

checkRunner(jest);

test.concurrent.each([
  { name: 'CommonJS', runner: jestTypes },
  { name: 'modules', runner: jestModules },
])('lines are those of TypeScript that jest has compiled to $name', async ({ runner }) => {
  const run = await runSuite(runner, 'hanging');
  expect({ unnamed: unnamed(run), ...(unnamed(run).length > 0 && { output: run.output }) }).toEqual({ unnamed: [] });
});
