// Programs that use executors, as their users run them.
import { expect, test } from 'vitest';
import type { Report } from '../../src/report/index.ts';
import { loopscope, program } from '../support/cli.ts';
import { runProgram } from '../support/run-program.ts';

test('importing loopscope loads neither piscina nor lru-cache nor child processes', async () => {
  const { stdout } = await runProgram('imports.mjs');
  expect(stdout.trim()).toBe('{"libraries":[],"modules":[]}');
});

test('executors that nobody closes keep no program alive', async () => {
  const { code, stdout, stderr } = await runProgram('executors.ts');
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '5, hello thread, hello process\n', stderr: '' });
});

test('loopscope run follows the jobs into their threads and processes', async () => {
  const { stderr, code } = await loopscope([
    'run',
    '--timeout',
    '6s',
    '--format',
    'json',
    '--',
    program('executors.ts'),
    'hang',
  ]);
  const reports = stderr.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Report] : []));
  const tasks = reports.flatMap(({ tasks: all, process: { threadId, command } }) =>
    all.map(({ name, kind, waits, createdAt }) => [
      command.includes('process-worker') ? 'process' : threadId === 0 ? 'main' : 'thread',
      `${kind} ${name}`,
      waits.map((wait) => `${wait.kind} ${wait.on?.name ?? ''}`.trim()).join(),
      createdAt?.file.split('/').at(-1) ?? null,
    ]),
  );
  expect([code, tasks.toSorted((a, b) => (String(a) < String(b) ? -1 : 1))]).toEqual([
    124,
    [
      ['main', 'job render', 'run reports', 'executors.ts'],
      ['main', 'job resize next', 'start thumbnails', 'executors.ts'],
      ['main', 'job resize', 'run thumbnails', 'executors.ts'],
      ['main', 'task upload', 'await resize', 'executors.ts'],
      ['process', 'job render', 'sleep', null],
      ['thread', 'job resize', 'sleep', null],
    ],
  ]);
});
