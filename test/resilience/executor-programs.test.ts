// Programs that use executors, as their users run them.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import type { Report } from '../../src/report/index.ts';
import { loopscope, program } from '../support/cli.ts';
import { runProgram } from '../support/run-program.ts';

async function node(args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 60_000 });
  return stdout;
}

test('importing loopscope loads neither piscina nor lru-cache nor child processes', async () => {
  const { stdout } = await runProgram('imports.mjs');
  expect(stdout.trim()).toBe('{"libraries":[],"modules":[]}');
});

test('executors that nobody closes keep no program alive', async () => {
  const { code, stdout, stderr } = await runProgram('executors.ts');
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '5, hello thread, hello process\n', stderr: '' });
});

test('a program that is given as text has processes, too', async () => {
  const index = new URL('../../dist/src/index.js', import.meta.url).href;
  const text = `import { ProcessExecutor } from '${index}'; console.log(await new ProcessExecutor().run(() => 7));`;
  expect(await node(['--input-type=module', '--eval', text])).toBe('7\n');
});

test.skipIf(process.platform === 'win32').for([
  ['SIGINT', 'catch', 'cancelled\n'],
  ['SIGINT', 'die', ''],
  ['SIGKILL', 'die', ''],
] as const)(
  '%s of a terminal, and a program that shall %s: its jobs learn it from the program alone, and none outlives it',
  async ([signal, manner, output]) => {
    const child = spawn(process.execPath, [program('executor-signals.mjs'), manner], {
      detached: true, // a group of its own, which gets the signal as that of a terminal does
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL')); // its processes end with it
    let [pids, rest] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (pids !== '') rest += text;
      else {
        pids = text;
        process.kill(signal === 'SIGINT' ? -(child.pid ?? 0) : (child.pid ?? 0), signal);
      }
    });
    await once(child, 'close'); // also: nobody has its stdout any more
    expect([pids.trim().split(' ').length, rest]).toEqual([2, output]);
  },
);

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
