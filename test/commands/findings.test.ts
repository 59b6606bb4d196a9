// `run --report` and `--fail-on`, and `report`: files and exit codes.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { parseConclusion } from '../../src/commands/conclusion-options.ts';
import { parseFailOn } from '../../src/commands/fail-on.ts';
import { readStored } from '../../src/commands/read-reports.ts';
import { rendererNames } from '../../src/commands/report-renderers.ts';
import { UsageError } from '../../src/errors.ts';
import { hostileReport, orderService } from '../support/ci-reports.ts';
import { loopscope, program, type Outcome } from '../support/cli.ts';
import { recordingOf, threadOf } from '../support/recording.ts';

let folder: string;
const at = (name: string): string => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loopscope-findings-'));
  return () => rmSync(folder, { recursive: true, force: true });
});

function run(options: readonly string[], args: readonly string[], env = {}): Promise<Outcome> {
  return loopscope(['run', '--quiet', ...options, '--', program('leftovers.ts'), ...args], { env });
}

function thrownBy(work: () => unknown): UsageError {
  try {
    work();
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('the exit code of run --fail-on', () => {
  test('is 8 where the program ends with 0 and leaves what is named; its own code stays', async () => {
    const cases = [
      ['leaked', ['0']],
      ['wait-cycle, leaked', ['1']],
      ['none', ['1']],
      ['leaked', ['1', '3']],
    ] as const;
    const outcomes = await Promise.all(cases.map(([names, args]) => run(['--fail-on', names], args)));
    const silent = { stdout: '', stderr: '', signal: null };
    expect(outcomes).toEqual([0, 8, 0, 3].map((code) => Object.assign({ code }, silent)));
  });

  test.each([
    ['leaked', [true, false, false]],
    ['warning', [false, false, true]],
    ['wait-cycle', [false, false, true]],
    ['long-hold,leaked', [true, false, false]],
    ['none', [false, false, false]],
  ])('--fail-on %s: %j of what is leaked, what is pending, and a wait cycle', (names, expected) => {
    const { fails } = parseFailOn(names, ['wait-cycle', 'long-hold']);
    const findings = [
      { rule: 'leaked', isWarning: false },
      { rule: 'pending', isWarning: false },
      { rule: 'wait-cycle', isWarning: true },
    ];
    expect(findings.map(fails)).toEqual(expected);
  });

  test('comes with a line that says why', async () => {
    const { stderr } = await loopscope(['run', '--fail-on', 'leaked', '--', program('leftovers.ts'), '2']);
    expect(stderr).toMatch(/\nloopscope: --fail-on leaked: 1 finding \(1 leaked\), exit code 8\n$/);
  });

  test('does not claim the exit code of a program that failed by itself', async () => {
    const { code, stderr } = await loopscope(['run', '--fail-on', 'leaked', '--', program('leftovers.ts'), '2', '3']);
    expect([code, stderr.split('\n').at(-2)]).toEqual([
      3,
      'loopscope: --fail-on leaked: 1 finding (1 leaked), the program ended with 3 already',
    ]);
  });

  test.each([
    [[], 'leakd', '--fail-on: there is no "leakd"; did you mean leaked? there are leaked, warning, none, wait-cycle'],
    [[], ',', '--fail-on needs names: leaked, warning, none'],
    [['junit'], 'none', '--report: junit needs a file: junit=FILE'],
    [['html='], 'none', '--report: html needs a file: html=FILE'],
    [['jnit=a.xml'], 'none', '--report: there is no "jnit"; did you mean junit? there are text, json'],
    [['junit=/proc/none/a.xml'], 'none', '--report: cannot write to the folder /proc/none: '],
    [['junit=/'], 'none', '--report: / is a folder'],
    [['json=/tmp/a,html=/tmp/a'], 'none', '--report: /tmp/a is given twice'],
  ])('is 2 for --report %j --fail-on %s', (report, failOn, message) => {
    const thrown = thrownBy(() => parseConclusion(report, failOn, ['text', 'github']));
    expect([thrown.exitCode, thrown.message.slice(0, message.length)]).toEqual([2, message]);
  });

  test('is 2 before the program starts', async () => {
    const { stderr, stdout, code } = await loopscope(['run', '--report', 'junit', '--', program('echo.mjs')]);
    expect([code, stdout, stderr]).toEqual([2, '', 'loopscope: --report: junit needs a file: junit=FILE\n']);
  });
});

describe('run --report', () => {
  test('writes all files whole, with folders', async () => {
    const names = ['junit', 'gitlab', 'markdown', 'html', 'json', 'text'];
    const forms = names.map((form) => `${form}=${at(`new/deep/${form}`)}`);
    const options = ['--report', forms.slice(0, 4).join(','), '--report', forms.slice(4).join(',')];
    const { code, stderr } = await run(options, ['2']);
    expect([code, stderr]).toEqual([0, '']);
    expect(readdirSync(at('new/deep')).toSorted()).toEqual(names.toSorted());
    const starts = names.map((name) =>
      readFileSync(at(`new/deep/${name}`), 'utf8')
        .trim()
        .slice(0, 24),
    );
    expect(starts).toEqual([
      '<?xml version="1.0" enco',
      expect.stringMatching(/^\[\n {2}\{/),
      expect.stringMatching(/^## loopscope: /),
      '<!doctype html>\n<html la',
      '{"format":"loopscope-rep',
      'loopscope: pending at ex',
    ]);
  });

  test('writes for a program that leaves nothing, too; it follows a link, and leaves it one', async () => {
    writeFileSync(at('real'), 'old');
    symlinkSync(at('real'), at('link'));
    await run(['--report', `gitlab=${at('link')}`], ['0']);
    expect(readFileSync(at('real'), 'utf8')).toBe('[]\n');
    expect(readdirSync(folder)).toEqual(['link', 'real']);
  });

  test('that can write one of two files leaves the exit code; if none, it is 9', async () => {
    // The program makes folders of the files that were to be written.
    const outcome = (blocked: readonly string[], files: readonly [string, string]): Promise<Outcome> => {
      const code = blocked.map((name) => `require('node:fs').mkdirSync(${JSON.stringify(at(name))})`).join(';');
      const forms = `json=${at(files[0])},html=${at(files[1])}`;
      return loopscope(['run', '--quiet', '--report', forms, '--', process.execPath, '-e', code]);
    };
    const [one, none] = await Promise.all([outcome(['a'], ['a', 'b']), outcome(['c', 'd'], ['c', 'd'])]);
    const line = /^loopscope: a file of --report was not written: .*\n$/;
    expect([one.code, existsSync(at('b')), one.stderr]).toEqual([0, true, expect.stringMatching(line)]);
    expect([none.code, none.stderr.split('\n').length]).toEqual([9, 3]);
  });

  test('github writes annotations to stderr, also with --quiet, and appends to the summary of the step', async () => {
    writeFileSync(at('summary'), 'before\n');
    const env = { GITHUB_STEP_SUMMARY: at('summary'), GITHUB_WORKSPACE: join(import.meta.dirname, '../..') };
    const { stderr } = await run(['--report', 'github', '--fail-on', 'leaked'], ['1'], env);
    expect(stderr).toMatch(/^::error file=test\/programs\/leftovers\.ts,line=7,col=\d+,title=.*leaked::/m);
    expect(readFileSync(at('summary'), 'utf8')).toMatch(/^before\n## loopscope: .*1 leaked/);
  });
});

describe('loopscope report', () => {
  test('draws a stored report as it was drawn then', async () => {
    writeFileSync(at('a.json'), JSON.stringify(orderService, null, 2));
    const { stdout, stderr, code } = await loopscope(['report', at('a.json')]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('WAIT CYCLE 1: 2 tasks wait for each other, and none can go on');
    expect(stdout).toContain('blocked-loop: monthlyReport blocked the event loop for 302 ms.');
  });

  test('of an earlier version has what that has; warnings stay as they were stored, unless rules are set anew', async () => {
    const { loop: _, awaits: __, profile: ___, telemetry: ____, ...earlier } = orderService;
    writeFileSync(at('old.json'), JSON.stringify(earlier));
    writeFileSync(at('b.json'), JSON.stringify({ ...orderService, warnings: [] }));
    const words = [['old.json'], ['b.json'], ['b.json', '--rule', 'long-hold=1h']];
    const outcomes = await Promise.all(
      words.map(([name = '', ...rest]) => loopscope(['report', at(name), '--fail-on', 'wait-cycle', ...rest])),
    );
    expect(outcomes.map(({ code }) => code)).toEqual([8, 0, 8]);
  });

  test('of a recording is its diagnosis, and in other forms what was pending at its end', async () => {
    const idle = { observedMs: 10, activeMs: 10, port: null, requests: null, profile: null };
    const recording = recordingOf([threadOf({ ...idle, report: orderService })], { ended: 'program', load: null });
    writeFileSync(at('recording.json'), JSON.stringify(recording));
    const forms = ['text', 'github'].map((form) => loopscope(['report', at('recording.json'), '--report', form]));
    const [text, github] = await Promise.all(forms);
    expect([text?.code, text?.stdout]).toEqual([0, expect.stringMatching(/^Not enough seen/)]);
    expect([github?.code, github?.stdout]).toEqual([0, expect.stringContaining('title=loopscope%3A wait-cycle')]);
  });

  test('draws hostile names in any form', async () => {
    writeFileSync(at('hostile.json'), `${JSON.stringify(orderService)}\n${JSON.stringify(hostileReport())}\n`);
    const forms = rendererNames.map((name) => `${name}=${at(name)}`).join(',');
    const { code, stderr } = await loopscope(['report', at('hostile.json'), '--report', forms]);
    expect([code, stderr]).toEqual([0, '']);
    expect(rendererNames.filter((name) => statSync(at(name)).size < 1000)).toEqual([]);
  });

  const whole = JSON.stringify(orderService);
  const recorded = JSON.stringify(recordingOf([threadOf()]));

  test.each([
    ['none', null, 4, 'there is no file'],
    ['text', 'hello', 6, 'is not JSON'],
    ['cut', `${whole}\n${whole.slice(0, 300)}`, 6, 'line 2 is not JSON: it was cut off'],
    ['foreign', '{"name":"x"}', 6, 'is no report of loopscope: it has no "format"'],
    ['awaits', '{"format":"loopscope-awaits"}', 6, 'it is "loopscope-awaits", where "loopscope-report" is expected'],
    ['number', '42', 6, 'it has no "format"'],
    ['null', 'null', 6, 'it has no "format"'],
    [
      'later',
      JSON.stringify({ ...orderService, version: 99 }),
      6,
      'it is of version 99, and this loopscope reads up to 1',
    ],
    ['a recording cut', recorded.slice(0, 500), 6, 'is not JSON: it was cut off'],
    [
      'a later recording',
      JSON.stringify({ ...recordingOf([]), version: 2 }),
      6,
      'it is a recording of version 2, and this loopscope reads 1',
    ],
    ['damaged', JSON.stringify({ ...orderService, tasks: [1] }), 6, 'is damaged'],
  ])('a file with %s is one sentence', (name, text, code, message) => {
    if (text !== null) writeFileSync(at(name), text);
    const thrown = thrownBy(() => readStored(at(name)));
    expect([thrown.exitCode, thrown.message.split('\n').length]).toEqual([code, 1]);
    expect(thrown.message).toContain(message);
  });

  test.each([
    ['no threads', { ...recordingOf([]), threads: null }, 'the recording has no threads'],
    ['threads that are none', { ...recordingOf([]), threads: [5] }, 'a thread of the recording has no report'],
    [
      'a profile of numbers',
      recordingOf([{ ...threadOf(), profile: { paths: 7 } as never, report: orderService }]),
      'cannot be drawn',
    ],
  ])('a recording with %s is one sentence, drawn or compared', async (_, value, message) => {
    writeFileSync(at('bad.json'), JSON.stringify(value));
    const outcomes = await Promise.all([
      loopscope(['report', at('bad.json')]),
      loopscope(['compare', at('bad.json'), at('bad.json')]),
    ]);
    const said = expect.stringMatching(new RegExp(`^loopscope: .*damaged.*${message}.*\n$`));
    expect(outcomes.map(({ code, stdout, stderr }) => ({ code, stdout, stderr }))).toEqual([
      { code: 6, stdout: '', stderr: said },
      { code: 6, stdout: '', stderr: said },
    ]);
  });

  test('a device that has no end, and a folder, are one sentence', () => {
    mkdirSync(at('folder'));
    const thrown = ['/dev/zero', at('folder')].map((file) => thrownBy(() => readStored(file)));
    expect(thrown.map(({ exitCode, message }) => [exitCode, message])).toEqual([
      [6, '/dev/zero is too large: more than 500 MB'],
      [4, `${at('folder')} is a folder`],
    ]);
  });

  test('what is damaged inside is one sentence', async () => {
    writeFileSync(at('hollow.json'), JSON.stringify({ ...orderService, tasks: [{}] }));
    const { code, stdout, stderr } = await loopscope(['report', at('hollow.json')]);
    expect([code, stdout, stderr]).toEqual([
      6,
      '',
      expect.stringMatching(/^loopscope: .*: damaged, and cannot be drawn.*\n$/),
    ]);
  });
});
