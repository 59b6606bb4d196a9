// The assertion that nothing is pending, in suites of tests.
import { expect, test } from 'vitest';
import { runSuite } from '../support/runner-suites.ts';
import { jestModules, mocha, nodeTest, vitest } from '../support/runners.ts';

test.concurrent.each([vitest, jestModules, mocha, nodeTest])(
  'expectNoPending of $entry waits for what goes away, lists what stays with its lines, and ignores names, patterns and files',
  async (runner) => {
    const { code, output, culprits } = await runSuite(runner, 'expecting');
    const listed = /LISTED (.*?) END/.exec(output)?.[1]?.replaceAll(/\/\S*\/(?=expecting)|\\?#\d+|:\d+(?=[ ,]|$)/g, '');
    const [held, stays] = culprits;
    const lines = [
      '2 things are still pending:',
      `task booking , made at ${stays}, waits for lock stock at ${stays}`,
      `lock stock is held by lists what stays, taken at ${held}`,
    ];
    expect({ code, listed, ...(code !== 0 && { output }) }).toEqual({ code: 0, listed: lines.join(' /   ') });
  },
);
