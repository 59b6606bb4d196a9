// Suites that hang or leave something behind, run by vitest: the log names the lines that are to blame.
import { expect, test } from 'vitest';
import { runSuite, unnamed } from '../support/runner-suites.ts';
import { vitest } from '../support/runners.ts';

test('a promise that nobody settles, a lock, a queue, a deadlock, an interval and a server are named by their lines', async () => {
  const run = await runSuite(vitest, 'hanging');
  expect({ unnamed: unnamed(run), ...(unnamed(run).length > 0 && { output: run.output }) }).toEqual({ unnamed: [] });
});

test('an endless loop is named by its line while it goes on', async () => {
  const run = await runSuite(vitest, 'endless');
  expect({ unnamed: unnamed(run), ...(unnamed(run).length > 0 && { output: run.output }) }).toEqual({ unnamed: [] });
});

test('nothing is said of tests with which nothing is wrong', async () => {
  const { code, output } = await runSuite(vitest, 'healthy');
  expect({ code, said: output.split('\n').filter((line) => line.includes('loopscope:')) }).toEqual({
    code: 0,
    said: [],
  });
});
