// A runner of tests under `loopscope run`: the reports of its workers come together in one file.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runSuite, unnamed } from '../support/runner-suites.ts';
import { vitest } from '../support/runners.ts';

const cli = fileURLToPath(new URL('../../dist/src/cli.js', import.meta.url));

test('what hangs and what is left open in a worker thread of vitest is in the JUnit report of the run', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'loopscope-junit-'));
  try {
    const path = join(folder, 'junit.xml');
    const run = [cli, 'run', '--timeout', '60s', '--report', `junit=${path}`, '--', process.execPath];
    const inThreads = (...files: string[]): string[] => [...run, ...vitest.command(...files), '--pool=threads'];
    const suite = await runSuite({ ...vitest, command: inThreads }, 'hanging');
    const junit = await readFile(path, 'utf8');
    const cases = junit.matchAll(/<testcase name="(\w+)"[^>]*>\s*<failure [^>]*type="(\w+)"/g);
    expect({
      unnamed: unnamed({ ...suite, output: junit }),
      cases: [...cases].map(([, name, type]) => `${name} ${type}`),
    }).toEqual({
      unnamed: [],
      cases: ['promise pending', 'lock pending', 'queue pending', 'deadlock pending', 'open leaked'],
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
