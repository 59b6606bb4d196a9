import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { howToInstall } from '../examples/jaeger/jaeger.ts';
import { jaegerBinary, missing } from './support/jaeger.ts';

const root = new URL('..', import.meta.url);
const binary = jaegerBinary('test/examples-jaeger.test.ts');

function runExample(jaeger: string): Promise<{ stdout: string; stderr: string }> {
  const env = { ...process.env, NODE_OPTIONS: '', LOOPSCOPE_JAEGER: jaeger };
  return promisify(execFile)(process.execPath, ['examples/jaeger/main.ts'], { cwd: root, timeout: 60_000, env });
}

test.runIf(process.env.CI)('in CI there is a Jaeger', () => {
  expect(binary ?? missing).toBe(binary);
});

test.skipIf(binary === null)('jaeger: shows a trace with its link as Jaeger has it, in 80 columns', async () => {
  const { stdout, stderr } = await runExample(binary as string);
  expect(stderr).toBe('');
  const lines = stdout.trimEnd().split('\n');
  expect(lines.filter((line) => stringWidth(line) > 80)).toEqual([]);
  expect(stdout).toMatch(/^ +http:\/\/127\.0\.0\.1:\d+\/trace\/[0-9a-f]{32}$/m);
  const names = lines.filter((line) => line.includes('━')).map((line) => line.replace(/ +[\d.]+ ms .*$/, ''));
  // Whether an order had to wait for the lock or for a worker is not the same each time.
  expect(names.filter((name) => !name.includes('acquire stock'))).toEqual([
    'run POST /orders',
    '├ run fulfil',
    '│ ├ run fulfil body',
    '│ ├ run pay',
    '│ │ └ retry charge',
    '│ │   ├ attempt charge · the bank is busy',
    '│ │   │ └ call payments · the bank is busy',
    '│ │   └ attempt charge',
    '│ │     └ call payments',
    '│ ├ run pack',
    '│ │ └ run wrap',
    '│ │   ├ submit packers',
    '│ │   └ process packers',
    '│ └ run label',
    '│   └ run draw',
    '│     ├ submit labels',
    '│     └ process labels',
    '└ put parcels',
  ]);
  expect(stdout).toMatch(/^lock_wait_time +stock +\d+ times +\d+\.\d{3} s$/m);
});

test('jaeger: says how to install one where there is none', async () => {
  await expect(runExample('/nowhere/jaeger')).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: `${howToInstall}\n`,
  });
});
