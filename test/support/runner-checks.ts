// What is expected of every runner of tests: suites that hang or leave something behind, and healthy ones.
import { expect, test } from 'vitest';
import { runSuite, unnamed, type Runner } from './runner-suites.ts';

/** Tests that the log of this runner names the lines that are to blame, and says nothing where none is. */
export function checkRunner(runner: Runner): void {
  test.concurrent('a promise that nobody settles, a lock, a queue, a deadlock, an interval and a server are named by their lines', async () => {
    const run = await runSuite(runner, 'hanging');
    expect({ unnamed: unnamed(run), ...(unnamed(run).length > 0 && { output: run.output }) }).toEqual({ unnamed: [] });
  });

  test.concurrent('an endless loop is named by its line while it goes on', async () => {
    const run = await runSuite(runner, 'endless', { LOOPSCOPE_TEST_BLOCKED_AFTER: '1s', LOOPSCOPE_STUCK_EXIT: '1' });
    expect({ unnamed: unnamed(run), ...(unnamed(run).length > 0 && { output: run.output }) }).toEqual({ unnamed: [] });
  });

  test.concurrent('nothing is said of tests with which nothing is wrong', async () => {
    const { code, output } = await runSuite(runner, 'healthy');
    expect({ code, said: output.split('\n').filter((line) => line.includes('loopscope:')) }).toEqual({
      code: 0,
      said: [],
    });
  });
}
