// Warnings of a program, and every way to set the rules.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Report } from '../../src/report/format.ts';
import { readRuleSettings } from '../../src/process/rule-settings.ts';
import { kill, loopscope, program, register, startLoopscope, startNode } from '../support/cli.ts';

const deadHolder = program('rules/dead-holder.ts');
const message = /ship #\d+ took lock stock .* ago, has settled, and never released it; 1 task waits for it, up to /;

function folder(files: Readonly<Record<string, unknown>>): string {
  const path = mkdtempSync(join(tmpdir(), 'loopscope-rules-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  for (const [name, value] of Object.entries(files)) {
    writeFileSync(join(path, name), typeof value === 'string' ? value : JSON.stringify(value));
  }
  return path;
}

describe('a program that leaves its lock behind', () => {
  test('has a warning in the text of its report, before its tasks', async () => {
    const { stderr, code } = await loopscope(['run', '--', deadHolder]);
    const text = stderr.replaceAll(/\s+/g, ' ');
    expect(code).toBe(0);
    expect(text).toMatch(message);
    expect(text).toMatch(/WARNINGS {1,2}loopscope explain NAME says more dead-holder: .* TASKS/);
  });

  test('has it in JSON, with the line, under the hook alone as well', async () => {
    const env = { LOOPSCOPE_FORMAT: 'json' };
    const { stderr } = await startNode(['--import', register, deadHolder], { env }).outcome;
    const report = JSON.parse(stderr) as Report;
    expect(report.process.isDrained).toBe(true);
    expect(report.warnings).toMatchObject([{ rule: 'dead-holder', site: { file: deadHolder, line: 7 } }]);
  });

  test.each<[string, readonly string[], Readonly<Record<string, string>>, string?]>([
    ['by --rule', ['--rule', 'dead-holder=off'], {}],
    ['by --ignore', ['--ignore', 'dead-holder:lock sto*'], {}],
    ['by LOOPSCOPE_RULES', [], { LOOPSCOPE_RULES: 'open-breaker=3s, *:ship=off' }],
    ['in its code', [], {}, 'dead-holder:stock'],
  ])('has none where it is ignored %s', async (_, words, env, argument = '*:nothing') => {
    const { stderr } = await loopscope(['run', ...words, '--', deadHolder, argument], { env });
    expect(stderr).toContain('HELD AND QUEUED');
    expect(stderr).not.toContain('WARNINGS');
  });

  test('has none where a config file of its folder says so, and what makes no sense in it is one line', async () => {
    const config = folder({ 'loopscope.config.json': { rules: { 'dead-holder': 'off' } } });
    const broken = folder({ 'loopscope.config.json': { rules: { 'dead-hodler': 'off' } } });
    const [quiet, refused, loud] = await Promise.all([
      loopscope(['run', '--', deadHolder], { cwd: config }),
      loopscope(['run', '--', deadHolder], { cwd: broken }),
      startNode(['--import', register, deadHolder], { cwd: broken }).outcome,
    ]);
    expect(quiet.stderr).not.toContain('WARNINGS');
    const sentence = `${join(broken, 'loopscope.config.json')}: there is no rule "dead-hodler"; did you mean dead-holder?\n`;
    expect([refused.code, refused.stderr]).toEqual([2, `loopscope: ${sentence}`]);
    expect(loud.stderr).toContain(`loopscope: the rules are as they are by default: ${sentence}`);
    expect(loud.stderr).toContain('WARNINGS');
  });
});

test('a program with many faults has a warning of each, at its line', async () => {
  const file = program('rules/many.ts');
  const lines = readFileSync(file, 'utf8').split('\n');
  const lowered = ['long-hold=200ms', 'permit-leak=200ms', 'unbounded-queue=20', 'task-done-missing=200ms'];
  const words = [...lowered, 'open-breaker=0', 'ignored-cancel=100ms'].flatMap((each) => ['--rule', each]);
  const run = startLoopscope(['run', '--format', 'json', ...words, '--', file], { group: true });
  await run.printed('"loopscope-report"');
  kill(run);
  const { stderr } = await run.outcome;
  const { warnings = [], awaits } = JSON.parse(stderr.split('\n').find((line) => line.startsWith('{')) ?? '') as Report;
  const found = new Map(warnings.map(({ rule, site }) => [rule, lines[(site?.line ?? 0) - 1]?.trim()]));
  const expected = {
    // of what is read from memory, which is done on Linux alone
    ...(awaits !== null && { 'stuck-wait': 'await connected; // stuck-wait' }),
    'long-hold': 'await stock.acquire(); // long-hold',
    'permit-leak': 'await hosts.acquire(); // permit-leak',
    'task-done-missing': "createTask(() => orders.join(), { name: 'import' }); // task-done-missing",
    'blocked-loop': 'while (process.cpuUsage(start).user + process.cpuUsage(start).system < 600_000); // blocked-loop',
    'unbounded-queue': "const mails = new Queue<number>({ name: 'mails' });",
    'open-breaker': "const rates = new CircuitBreaker({ name: 'rates', failures: 1 });",
    'ignored-cancel': 'while (true) await sleep(60_000).catch(() => {});',
  };
  expect(Object.fromEntries(found)).toMatchObject(expected);
});

describe('settings', () => {
  const none = { variable: null, directory: '/' };

  test('are of the file, then of the variable, then of the command line; what is ignored adds up', () => {
    const rules = { 'long-hold': '2m', 'dead-holder': '1s', 'open-breaker': false, 'unbounded-queue': 50 };
    const directory = folder({ 'package.json': { name: 'shop', loopscope: { rules } } });
    expect(
      readRuleSettings({
        directory: join(directory, 'src'),
        variable: 'dead-holder=2s,stuck-task:poll=off,',
        rule: ['dead-holder=3s'],
        ignore: ['stuck-wait'],
      }),
    ).toEqual({
      thresholds: { 'long-hold': 120_000, 'dead-holder': 3000, 'unbounded-queue': 50 },
      ignore: ['open-breaker', 'stuck-task:poll', 'stuck-wait'],
    });
  });

  test('of loopscope.config.json come before those of package.json, which may be of whatever form', () => {
    const both = folder({
      'loopscope.config.json': { rules: { 'open-breaker': '1s' } },
      'package.json': { loopscope: { rules: { 'open-breaker': '2s' } } },
    });
    expect(readRuleSettings({ ...none, directory: both }).thresholds).toEqual({ 'open-breaker': 1000 });
    expect(readRuleSettings({ ...none, directory: folder({ 'package.json': '{' }) })).toEqual({
      thresholds: {},
      ignore: [],
    });
  });

  test.each<[string, unknown, string]>([
    ['loopscope.config.json', '{', 'is no JSON: '],
    ['loopscope.config.json', { rule: {} }, 'has "rule"; known is "rules"'],
    ['loopscope.config.json', { rules: [] }, 'must be an object such as { "rules": { "long-hold": "2m" } }'],
    ['loopscope.config.json', [], 'must be an object such as { "rules": { "long-hold": "2m" } }'],
    [
      'loopscope.config.json',
      { rules: { 'long-hold': null } },
      'the threshold of long-hold must be a time such as 500ms, 30s or 2m, not "null"',
    ],
    ['package.json', { loopscope: true }, 'must be an object such as { "rules": { "long-hold": "2m" } }'],
  ])('of %s that are %j are refused', (file, content, words) => {
    const directory = folder({ [file]: content });
    expect(() => readRuleSettings({ ...none, directory })).toThrow(join(directory, file));
    expect(() => readRuleSettings({ ...none, directory })).toThrow(words);
  });

  test.each([
    [{ rule: ['long-hold'] }, '--rule: a rule is set as NAME=THRESHOLD or NAME=off, not "long-hold"'],
    [{ ignore: ['*'] }, '--ignore: all rules at once cannot be ignored, only *:GLOB'],
    [{ variable: 'long-hold=soon' }, 'LOOPSCOPE_RULES: the threshold of long-hold must be a time'],
  ])('%j are refused', (texts, words) => {
    expect(() => readRuleSettings({ ...none, ...texts })).toThrow(words);
  });
});
