// Suites that hang or leave something behind, run by vitest: the log names the lines that are to blame.
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkRunner } from '../support/runner-checks.ts';
import { runSuite, unnamed } from '../support/runner-suites.ts';
import { vitest, vitest3, vitest4 } from '../support/runners.ts';

checkRunner(vitest);

// In CI each on one version of Node.
const older = [
  { major: 3, node: 'v22.', runner: vitest3 },
  { major: 4, node: 'v26.', runner: vitest4 },
].filter(({ node }) => process.env.CI === undefined || process.version.startsWith(node));

for (const { major, runner } of older) {
  const isMissing = !existsSync(runner.linked?.['vitest'] ?? '');
  if (isMissing && process.env.CI === undefined)
    process.stderr.write(`skipped vitest ${major}: npm ci --prefix test/vitest-${major} installs it\n`);

  test
    .skipIf(isMissing && process.env.CI === undefined)
    .concurrent(
      `all of these are named in a run of vitest ${major}, also of the file that is ended by then`,
      async () => {
        const environment = { LOOPSCOPE_TEST_KEEP: '1', LOOPSCOPE_TEST_BLOCKED_AFTER: '1s', LOOPSCOPE_STUCK_EXIT: '1' };
        const run = await runSuite(runner, ['hanging', 'endless', 'healthy'], environment);
        const reports = [...run.output.matchAll(/^loopscope: (\w+)[^·\n]*·/gm)]
          .map(([, name]) => String(name))
          .toSorted();
        expect({ unnamed: unnamed(run), reports, ...(unnamed(run).length > 0 && { output: run.output }) }).toEqual({
          unnamed: [],
          reports: ['deadlock', 'endless', 'lock', 'open', 'promise', 'queue'],
        });
      },
    );
}
