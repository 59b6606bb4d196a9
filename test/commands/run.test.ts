import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Report } from '../../src/report/format.ts';
import { loopscope, program, register, startLoopscope, startNode } from '../support/cli.ts';

// Commands that start `node` find the one that runs the tests.
const path = { PATH: `${dirname(process.execPath)}:${process.env['PATH']}` };
const folder = mkdtempSync(join(tmpdir(), 'loopscope-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs with --format json and gives back the reports with the outcome. */
async function reports(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const outcome = await loopscope(['run', '--format', 'json', ...words], { env });
  return { ...outcome, reports: parse(outcome.stderr) };
}

function parse(lines: string): Report[] {
  return lines
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Report);
}

describe('a program under loopscope run', () => {
  test('gets its arguments and its input, and its output and exit code come back untouched', async () => {
    expect(await loopscope(['run', '--', program('echo.mjs'), 'a', '--b', 'c d'], { input: 'hello\n' })).toEqual({
      stdout: 'a|--b|c d\nhello\n',
      stderr: '',
      code: 3,
      signal: null,
    });
  });

  test('needs no -- before it, and its options are its own', async () => {
    const { stdout } = await loopscope(['run', '--debug', program('echo.mjs'), '--timeout', '1s']);
    expect(stdout).toBe('--timeout|1s\n');
  });

  test('that leaves nothing behind prints nothing of ours', async () => {
    const outcome = await loopscope(['run', '--', program('quiet.cjs')]);
    expect(outcome).toEqual({ stdout: 'done\n', stderr: '', code: 0, signal: null });
  });

  test('that throws at import shows its own error alone', async () => {
    const { stderr, code } = await loopscope(['run', '--', program('throws.mjs')]);
    expect(code).toBe(1);
    expect(stderr).toContain('Error: at import');
    expect(stderr).not.toContain('loopscope');
  });

  test.each(['shebang', 'echo.mjs'])('may be given by a path to %s', async (name) => {
    expect((await loopscope(['run', '--', program(name), 'x'])).stdout).toContain('x\n');
  });

  test('may be a shell script that starts Node', async () => {
    const {
      reports: [report],
      code,
    } = await reports(['--', program('wrapper')], path);
    expect(code).toBe(0);
    expect(report?.tasks.map(({ name }) => name)).toEqual(['handler']);
  });

  test('may be a command of PATH', async () => {
    const outcome = await loopscope(['run', '--', 'node', '-p', '6 * 7'], {
      env: path,
    });
    expect(outcome).toEqual({ stdout: '42\n', stderr: '', code: 0, signal: null });
  });

  test('may be a test runner from node_modules/.bin', async () => {
    const { stdout, code } = await loopscope(['run', '--', 'node_modules/.bin/vitest', '--version']);
    expect(code).toBe(0);
    expect(stdout).toContain('vitest/');
  });
});

describe('a report', () => {
  test('comes at exit, with who waits for what and who holds it', async () => {
    const {
      reports: [report],
      stdout,
      code,
    } = await reports(['--', program('hang.ts'), 'end']);
    expect({ stdout, code }).toEqual({ stdout: 'ready\n', code: 0 });
    expect(report).toMatchObject({
      format: 'loopscope-report',
      version: 1,
      reason: 'exit',
      process: { threadId: 0, exitCode: 0, node: process.versions.node },
      tasks: [
        {
          name: 'handler',
          state: 'waiting',
          createdAt: { file: program('hang.ts'), line: 9, column: 1, exact: true },
          waits: [{ kind: 'acquire', on: { type: 'resource', kind: 'lock', name: 'db' }, at: { line: 9, column: 23 } }],
        },
      ],
      resources: [{ kind: 'lock', name: 'db', holders: [{ task: { id: 0, name: '(main)' }, at: { line: 8 } }] }],
      cycles: [],
      dropped: { tasks: 0, resources: 0 },
    });
  });

  test('comes from the parent, its worker thread and its child, and nobody else sees it', async () => {
    const { reports: all, stdout } = await reports(['--', program('family.ts')]);
    expect(all.flatMap(({ tasks }) => tasks.map(({ name }) => name)).toSorted()).toEqual([
      'in child',
      'in parent',
      'in worker',
    ]);
    expect(stdout).toBe('the child ended with 0\n');
  });

  test('of all processes and threads comes on SIGUSR2, and the program goes on', async () => {
    const run = startLoopscope(['run', '--format', 'json', '--', program('family.ts'), 'stay']);
    await run.printed('ready');
    await Promise.all(
      ['in parent', 'in child', 'in worker'].map(async (name) => {
        for (;;) {
          run.child.kill('SIGUSR2');
          const seen = await Promise.race([run.printed(`"${name}"`).then(() => true), pause(300)]);
          if (seen === true) return;
        }
      }),
    );
    run.child.kill('SIGTERM');
    const { stderr, signal } = await run.outcome;
    expect(signal).toBe('SIGTERM');
    expect(new Set(parse(stderr).map(({ reason }) => reason))).toEqual(new Set(['signal']));
  });

  test('is appended to a file with --output, and --quiet keeps stderr clean', async () => {
    const file = join(folder, 'reports.jsonl');
    for (let run = 0; run < 2; run++) {
      const words = ['--quiet', '--format', 'json', '--output', file, '--', program('hang.ts'), 'end'];
      expect((await loopscope(['run', ...words])).stderr).toBe('');
    }
    expect(parse(readFileSync(file, 'utf8')).map(({ reason }) => reason)).toEqual(['exit', 'exit']);
  });

  test('is on stderr where its file is a pipe that nobody reads', async () => {
    const file = join(folder, 'pipe');
    execFileSync('mkfifo', [file]);
    const { stderr, code } = await loopscope(['run', '--output', file, '--', program('hang.ts'), 'end']);
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^loopscope: the report is here, because its file cannot be written: ENXIO.*\n\nloopscope: p/,
    );
  });

  test('comes from a program that preloads the hook by itself, with --import and with --require', async () => {
    for (const flag of ['--import', '--require']) {
      const hook = flag === '--import' ? register : new URL(register).pathname;
      const { stderr } = await startNode([flag, hook, program('hang.ts'), 'end']).outcome;
      expect(stderr).toMatch(/^\nloopscope: pending at exit with code 0: 1 task\n/);
    }
  });
});

describe('Ctrl-C and other signals', () => {
  test('the first Ctrl-C reports, and then ends the program by the signal', async () => {
    const run = startLoopscope(['run', '--', program('hang.ts')], { group: true });
    await run.printed('ready');
    process.kill(-(run.child.pid as number), 'SIGINT');
    const { stderr, signal } = await run.outcome;
    expect(signal).toBe('SIGINT');
    expect(stderr.match(/pending when interrupted/g)).toHaveLength(1);
  });

  test('Ctrl-C says where a program hangs that knows nothing of loopscope', async () => {
    const run = startLoopscope(['run', '--', program('unsettled/main.mjs'), 'stay'], { group: true });
    await run.printed('ready');
    process.kill(-(run.child.pid as number), 'SIGINT');
    const { stderr, signal } = await run.outcome;
    expect(signal).toBe('SIGINT');
    expect(stderr).toMatch(/loopscope: .*when interrupted: 3 suspended functions/);
    expect(stderr).toMatch(/query {2}\S*main\.mjs:/);
  });

  test.each([
    ['the whole group, as a terminal does', true],
    ['the supervisor alone', false],
  ])('a signal to %s reaches the handler of the program exactly once', async (_whom, group) => {
    const run = startLoopscope(['run', '--', program('hang.ts'), 'own'], { group });
    const send = (signal: NodeJS.Signals): boolean =>
      group ? process.kill(-(run.child.pid as number), signal) : run.child.kill(signal);
    await run.printed('ready');
    send('SIGTERM');
    await run.printed('own SIGTERM 1');
    await pause(500); // it would be sent on after half of that
    send('SIGINT');
    await run.printed('own SIGINT 2');
    const { stdout, code } = await run.outcome;
    expect({ stdout, code }).toEqual({ stdout: 'ready\nown SIGTERM 1\nown SIGINT 2\n', code: 5 });
  });

  test('a signal that comes twice, one right after the other, reaches the program twice', async () => {
    const run = startLoopscope(['run', '--', program('hang.ts'), 'own']);
    await run.printed('ready');
    run.child.kill('SIGTERM');
    await run.printed('own SIGTERM 1');
    run.child.kill('SIGTERM');
    const { stdout, code } = await run.outcome;
    expect({ stdout, code }).toEqual({ stdout: 'ready\nown SIGTERM 1\nown SIGTERM 2\n', code: 5 });
  });

  test('a program whose loop is blocked is said to be, and the second Ctrl-C kills it', async () => {
    const run = startLoopscope(['run', '--', program('hang.ts'), 'block'], { group: true });
    await run.printed('ready');
    process.kill(-(run.child.pid as number), 'SIGINT');
    await run.printed('its event loop is blocked');
    process.kill(-(run.child.pid as number), 'SIGINT');
    expect((await run.outcome).signal).toBe('SIGKILL');
  });
});

describe('a mistake is one line and an exit code', () => {
  test.each([
    [['run', '--', 'no-such-script.js'], 127, 'there is no script no-such-script.js, and no command of that name'],
    [
      ['run', '--', 'test/programs/hang.txt/x'],
      127,
      'there is no script test/programs/hang.txt/x, and no command of that name',
    ],
    [['run', '--bad', '--', 'x.js'], 2, "Unknown option '--bad'; loopscope run --help lists the options"],
    [
      ['run', '--timeout', 'soon', '--', 'x.js'],
      2,
      '--timeout must be a time such as 500ms, 30s, 2m or 1.5h (at most 24 days), not "soon"',
    ],
    [
      ['run', '--timeout', '0s', '--', 'x.js'],
      2,
      '--timeout must be a time such as 500ms, 30s, 2m or 1.5h (at most 24 days), not "0s"',
    ],
    [['run', '--format', 'xml', '--', 'x.js'], 2, '--format must be text or json, not "xml"'],
    [
      ['run', '--otlp', 'collector', '--', 'x.js'],
      2,
      '--otlp must be a URL such as http://localhost:4318, not "collector"',
    ],
    [
      ['run', '--output', '/nowhere/x', '--', 'x.js'],
      2,
      '--output: cannot write to /nowhere/x: its folder does not exist or is read-only',
    ],
    [['run', '--output', '/tmp', '--', 'x.js'], 2, '--output: /tmp is a folder'],
    [['run'], 2, 'run needs a program: loopscope run [options] -- <script> [args]'],
    [['walk'], 2, 'there is no command "walk"; loopscope --help lists them'],
  ])('%j', async (words, code, message) => {
    expect(await loopscope(words)).toEqual({ stdout: '', stderr: `loopscope: ${message}\n`, code, signal: null });
  });

  test('a variable that makes no sense is said, and the program runs without the hook', async () => {
    const { stdout, stderr } = await startNode(['--import', register, program('hang.ts'), 'end'], {
      env: { LOOPSCOPE_FORMAT: 'xml' },
    }).outcome;
    expect({ stdout, stderr }).toEqual({
      stdout: 'ready\n',
      stderr:
        'loopscope: could not start, the program runs without it: LOOPSCOPE_FORMAT must be text or json, not "xml"\n',
    });
  });

  test('without a folder for its files, run does not start', async () => {
    const { stderr, code } = await loopscope(['run', '--', program('quiet.cjs')], { env: { TMPDIR: '/nowhere' } });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^loopscope: run needs a folder for its reports, set TMPDIR to one .*\n$/);
  });

  test('help is on stdout', async () => {
    const { stdout, code } = await loopscope(['--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('loopscope run [options] -- <script> [args]');
  });
});

test('no folder of a run is left behind', async () => {
  const temporary = mkdtempSync(join(folder, 'temporary-'));
  const { stderr } = await loopscope(['run', '--', program('hang.ts'), 'end'], { env: { TMPDIR: temporary } });
  expect(stderr).toContain('1 task');
  expect(readdirSync(temporary)).toEqual([]);
});

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
