// Suites that hang or leave something behind, run by vitest: the log names the lines that are to blame.
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkRunner } from '../support/runner-checks.ts';
import { runSuite, unnamed, type SuiteRun } from '../support/runner-suites.ts';
import { vitest, vitest3, vitest4 } from '../support/runners.ts';

checkRunner(vitest);

const patience = { LOOPSCOPE_TEST_BLOCKED_AFTER: '1s', LOOPSCOPE_STUCK_EXIT: '1' };

test.concurrent('each of two loops that are blocked at once, in threads with contexts of their own, is named with its file', async () => {
  const options = ['--pool=vmThreads', '--maxWorkers=2'];
  const inThreads = { ...vitest, command: (...files: string[]) => [...vitest.command(...files), ...options] };
  const run = await runSuite(inThreads, ['endless', 'other'], patience);
  expect(essence(run)).toEqual({ unnamed: [], reports: ['endless endless.test.ts', 'other other.test.ts'] });
});

// In CI each on one version of Node.
const older = [
  { major: 3, node: 'v22.', runner: vitest3, pool: 'forks' },
  { major: 4, node: 'v26.', runner: vitest4, pool: 'vmForks' },
].filter(({ node }) => process.env.CI === undefined || process.version.startsWith(node));

for (const { major, runner, pool } of older) {
  const isMissing = process.env.CI === undefined && !existsSync(runner.linked?.['vitest'] ?? '');
  if (isMissing) process.stderr.write(`skipped vitest ${major}: npm ci --prefix test/vitest-${major} installs it\n`);

  // After the others: it reads memory nine times.
  test.skipIf(isMissing)(`all of these, and hooks that hang, are named in a run of vitest ${major}`, async () => {
    const inPool = {
      ...runner,
      command: (...files: string[]) => [...runner.command(...files), `--pool=${pool}`, '--maxWorkers=2'],
    };
    const run = await runSuite(inPool, ['hanging', 'endless', 'healthy', 'hooks'], patience);
    expect(essence(run)).toEqual({
      unnamed: [],
      reports: [
        'afterAll > afterAll hook hooks.test.ts',
        'afterEach > is fine > afterEach hook hooks.test.ts',
        'beforeAll > beforeAll hook hooks.test.ts',
        'beforeEach > is fine > beforeEach hook hooks.test.ts',
        'deadlock hanging.test.ts',
        'endless endless.test.ts',
        'lock hanging.test.ts',
        'open hanging.test.ts',
        'promise hanging.test.ts',
        'queue hanging.test.ts',
      ],
    });
  });
}

/** What was reported of which file, and what was not though it should. */
function essence(run: SuiteRun): { unnamed: string[]; reports: string[]; output?: string } {
  const reports = run.output.matchAll(/^loopscope: (.+?) · .*\n {2}vitest · (\S+?)(?::|$)/gm);
  return {
    unnamed: unnamed(run),
    reports: [...reports].map(([, name, file]) => `${name} ${file}`).toSorted((a, b) => a.localeCompare(b)),
    ...(unnamed(run).length > 0 && { output: run.output }),
  };
}
