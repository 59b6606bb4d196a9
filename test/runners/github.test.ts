// Runners of tests in a job of GitHub: what they report is annotated at its lines, and in the summary of the step.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runTexts, type Runner } from '../support/runner-suites.ts';
import { jest, mocha, nodeTest, vitest } from '../support/runners.ts';

/** A test that hangs in line 3 and begins in the line after, and one that leaves something open. */
const suite = ({ test: write }: Runner): string =>
  [
    'async function loadOrder() {',
    '  await new Promise(() => {});',
    '}',
    write('hangs', 'async () => { await loadOrder(); }', 300),
    write('leaves', 'async () => { setInterval(() => {}, 1000); }', 5000),
  ].join('\n');

// TAP, which node:test writes by default on Node 22, makes comments of what tests write.
const spec = { ...nodeTest, command: (file: string) => ['--test-reporter=spec', ...nodeTest.command(file)] };

test.concurrent.each([
  { runner: vitest, isEnded: false },
  { runner: jest, isEnded: false },
  { runner: mocha, isEnded: true },
  { runner: spec, isEnded: true },
])('with $runner.entry', async ({ runner, isEnded }) => {
  const folder = await mkdtemp(join(tmpdir(), 'loopscope-summary-'));
  try {
    const summary = join(folder, 'summary.md');
    const text = `${runner.imports}\n${suite(runner)}\n`;
    const first = runner.imports.split('\n').length;
    const job = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary };
    const { output } = await runTexts(runner, { [`orders${runner.ending}`]: text }, job);
    const commands = output.matchAll(/^::(\w+) file=([^,]*),line=(\d+),[^:]*title=loopscope%3A ([^:]*)::/gm);
    const rows = (await readFile(summary, 'utf8')).matchAll(/^\| \S+ ([a-z-]+) \| \*/gm);
    expect({
      commands: [...commands].map(([, ...command]) => command.join(' ').replace(/stuck-\w+/, 'stuck')),
      rows: [...rows].map(([, rule]) => rule?.replace(/stuck-\w+/, 'stuck')),
    }).toEqual({
      commands: [
        `error orders${runner.ending} ${first + 4} pending`,
        `warning orders${runner.ending} ${first + 2} stuck`,
        `warning orders${runner.ending} ${first + 5} leaked`,
        ...(isEnded ? [`error orders${runner.ending} ${first + 5} leaked`] : []),
      ],
      rows: ['pending', 'stuck', 'leaked', ...(isEnded ? ['leaked'] : [])],
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
