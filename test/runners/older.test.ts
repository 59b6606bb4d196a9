// Suites that hang or leave something behind, run by what many use still: jest 29, mocha 10 and 11.
import { expect, test } from 'vitest';
import { runSuite, unnamed } from '../support/runner-suites.ts';
import { jest29, mocha10, mocha11 } from '../support/runners.ts';

test.concurrent.each([
  { name: 'jest 29', runner: jest29 },
  { name: 'mocha 10', runner: mocha10 },
  { name: 'mocha 11', runner: mocha11 },
])(
  'everything that hangs or is left is named by its line in a run of $name, and nothing else is said',
  async ({ runner }) => {
    const run = await runSuite(runner, ['hanging', 'healthy']);
    const reports = [...run.output.matchAll(/^loopscope: (\w+)[^·\n]*·/gm)].map(([, name]) => String(name));
    expect({
      unnamed: unnamed(run),
      reports: reports.toSorted(),
      ...(unnamed(run).length > 0 && { output: run.output }),
    }).toEqual({ unnamed: [], reports: ['deadlock', 'lock', 'open', 'promise', 'queue'] });
  },
);

test.concurrent.each([
  { name: 'jest 29', runner: jest29 },
  { name: 'mocha 10', runner: mocha10 },
])('an endless loop is named by its line in a run of $name', async ({ runner }) => {
  const run = await runSuite(runner, 'endless', { LOOPSCOPE_TEST_BLOCKED_AFTER: '1s', LOOPSCOPE_STUCK_EXIT: '1' });
  expect({ unnamed: unnamed(run), ...(unnamed(run).length > 0 && { output: run.output }) }).toEqual({ unnamed: [] });
});
