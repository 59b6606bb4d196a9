// Runners that spread files of tests over processes or threads, under `loopscope run`: the reports of all come together.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { hangingAndLeaving } from '../support/runner-leaving.ts';
import { runTexts, unnamed, type Runner } from '../support/runner-suites.ts';
import { jest, mocha, nodeTest, oneProcess } from '../support/runners.ts';

const cli = fileURLToPath(new URL('../../dist/src/cli.js', import.meta.url));

/** A runner with further words, under `loopscope run` with a JUnit report. */
function underRun(runner: Runner, words: readonly string[], junit: string): Runner {
  const run = [cli, 'run', '--timeout', '60s', '--report', `junit=${junit}`, '--', process.execPath];
  return { ...runner, command: (...files) => [...run, ...runner.command(...words, ...files)] };
}

// Of node:test the whole file comes last, where it is its process that does not end.
test.concurrent.each([
  { name: 'processes of jest', runner: jest, words: ['--maxWorkers=2'], more: [] },
  { name: 'threads of jest', runner: jest, words: ['--maxWorkers=2', '--workerThreads'], more: [] },
  { name: 'processes of mocha', runner: mocha, words: ['--parallel', '--jobs=2'], more: [] },
  {
    name: 'processes of node:test',
    runner: nodeTest,
    words: [],
    more: ['the whole file leaked', 'the whole file leaked'],
  },
  {
    name: 'files of node:test in one process',
    runner: nodeTest,
    words: [oneProcess],
    more: ['the whole file leaked'],
  },
])('what hangs and what is left open in $name is in the JUnit report of the run', async ({ runner, words, more }) => {
  const folder = await mkdtemp(join(tmpdir(), 'loopscope-junit-'));
  try {
    const path = join(folder, 'junit.xml');
    const texts = Object.fromEntries(
      ['cart', 'order'].map((name) => [`${name}${runner.ending}`, hangingAndLeaving(runner, name)]),
    );
    const suite = await runTexts(underRun(runner, words, path), texts);
    const junit = await readFile(path, 'utf8');
    const cases = [...junit.matchAll(/<testcase name="([^"]+)"[^>]*>\s*<failure [^>]*type="(\w+)"/g)];
    const left = unnamed({ ...suite, output: junit });
    expect({
      left,
      cases: cases.map(([, name, type]) => `${name} ${type}`).toSorted(),
      ...(left.length > 0 && { output: suite.output }),
    }).toEqual({
      left: [],
      cases: ['cart hangs pending', 'cart leaves leaked', 'order hangs pending', 'order leaves leaked', ...more],
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
