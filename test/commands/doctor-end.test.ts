// How `loopscope doctor` ends: with a diagnosis, in time, and with nothing left running.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isRecording } from '../../src/report/recording.ts';
import { loopscope, startLoopscope } from '../support/cli.ts';
import { freePort } from '../support/databases.ts';

const endless = 'test/programs/diseases/endless.mjs';
const get = `"${process.execPath}" -e "fetch('http://127.0.0.1:'+process.env.PORT); setInterval(() => {}, 1000)"`;
const requests = `"${process.execPath}" --input-type=module -e "for (let i = 0; i < 30; i++) await fetch('http://127.0.0.1:'+process.env.PORT).then((each) => each.text())"`;
const limitMs = 3000;

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test.for([
  ['Ctrl-C in a terminal', 'SIGINT', true],
  ['SIGTERM to doctor alone', 'SIGTERM', false],
] as const)(
  'after %s there is a diagnosis in 3 s, of a program that never returns and a load that never ends',
  { timeout: 60_000 },
  async ([, signal, toGroup]) => {
    const run = startLoopscope(['doctor', '--on-port', get, '--', endless], { group: true });
    let stderr = '';
    run.child.stderr?.on('data', (text: string) => (stderr += text));
    await run.printed('spinning ');
    const since = performance.now();
    process.kill((run.child.pid as number) * (toGroup ? -1 : 1), signal);
    const { stdout, code } = await run.outcome;
    const tookMs = performance.now() - since;
    const pid = Number(/spinning (\d+)/.exec(stderr)?.[1]);
    expect({ first: stdout.split('\n')[0], code, isLate: tookMs > limitMs, isAlive: isAlive(pid) }).toEqual({
      first: expect.stringMatching(/^The loop is blocked by its own code at \S+\/endless\.mjs:\d+ in spin: /),
      code: 0,
      isLate: false,
      isAlive: false,
    });
  },
);

test(
  'at SIGTERM to all of them, threads leave their recordings before the process goes',
  { timeout: 60_000 },
  async () => {
    const run = startLoopscope(['doctor', '--on-port', get, '--', 'test/programs/diseases/busy-thread.mjs'], {
      group: true,
    });
    await run.printed('spun ');
    process.kill(-(run.child.pid as number), 'SIGTERM');
    const { stdout, code } = await run.outcome;
    expect({ first: stdout.split('\n')[0], code }).toEqual({
      first: expect.stringMatching(/^The loop is kept busy by its own code at \S+\/busy-thread\.mjs:\d+ in spin: /),
      code: 0,
    });
  },
);

test.for([
  ['exit 7', 'end', /^Not enough seen: the load failed with exit code 7, and no request came\.$/, 'unknown'],
  [get, 'end', /^It ended under load, after \S+ m?s with exit code 3\.$/, 'ill'],
  [requests, 'refuse', /^Not enough seen: 30 of 30 requests were answered with an error \(status 503\)\.$/, 'unknown'],
  [
    'exit 1',
    'crash',
    /^Not enough seen: it ended after \S+ m?s with exit code 1, before it listened at a port\.$/,
    'unknown',
  ],
] as const)(
  'load %s on a program that does %s: the first line says how that went',
  { timeout: 60_000 },
  async ([command, how, sentence, verdict]) => {
    const program = ['test/programs/diseases/ends.mjs', how];
    const { stdout } = await loopscope(['doctor', '--format', 'json', '--on-port', command, '--', ...program]);
    expect(JSON.parse(stdout)).toMatchObject({
      verdict,
      sentence: expect.stringMatching(sentence),
    });
  },
);

test('of two ports the load goes to the first, or to the one that is named', { timeout: 60_000 }, async () => {
  const port = await freePort();
  const words = ['--', 'test/programs/diseases/ends.mjs', 'two-ports', String(port)];
  const notesOf = async (options: readonly string[]): Promise<unknown> => {
    const { stdout } = await loopscope(['doctor', '--format', 'json', '--on-port', 'true', ...options, ...words]);
    return (JSON.parse(stdout) as { readonly notes: unknown }).notes;
  };
  expect([await notesOf([]), await notesOf(['--port', String(port)])]).toEqual([
    [
      expect.stringMatching(
        `^it listened at port ${port}, too: the load was put on \\d+, the first; --port chooses another$`,
      ),
    ],
    [],
  ]);
});

test('a program that ends by itself is diagnosed, and recorded', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'loopscope-doctor-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'run.json');
  const { stdout, stderr, code } = await loopscope(['doctor', '--record', file, '--', 'test/programs/clean.ts']);
  const recording: unknown = JSON.parse(readFileSync(file, 'utf8'));
  expect({ stdout, stderr, code, isRecording: isRecording(recording), recording }).toMatchObject({
    stdout: expect.stringMatching(/^Not enough seen: it ran for .*, and did next to nothing\.\n/),
    code: 0,
    isRecording: true,
    recording: { ended: 'program', exit: { code: 0, signal: null }, load: null, silent: [], threads: [{ port: null }] },
  });
});

test('a program that never listens gets no load, and that is said', { timeout: 60_000 }, async () => {
  const words = ['doctor', '--format', 'json', '--on-port', 'exit 1', '--', 'test/programs/clean.ts'];
  const { stdout } = await loopscope(words);
  expect(JSON.parse(stdout)).toMatchObject({
    format: 'loopscope-diagnosis',
    verdict: 'unknown',
    notes: ['it never listened at a port: exit 1 was not run'],
  });
});

test.for([
  [['doctor'], 'doctor needs a program: loopscope doctor [options] -- <script> [args]'],
  [['doctor', '--duration', 'x', '--', endless], '--duration must be a time such as 500ms, 30s, 2m or 1.5h'],
  [['doctor', '--port', '80', '--', endless], '--port needs --on-port: it says where that puts its load'],
  [['doctor', '--wrong', '--', endless], "Unknown option '--wrong'; loopscope doctor --help lists the options"],
] as const)('%j is refused in one sentence', { timeout: 60_000 }, async ([words, message]) => {
  const { stderr, code } = await loopscope(words);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(`loopscope: ${message}`) });
});
