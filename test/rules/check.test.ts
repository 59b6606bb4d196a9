import { describe, expect, test } from 'vitest';
import { askRules } from '../../src/rules/check.ts';
import { rules } from '../../src/rules/index.ts';
import { nearestName } from '../../src/rules/nearest.ts';
import type { Finding, Rule, Unknown } from '../../src/rules/rule.ts';
import { parseIgnored, parseSetting } from '../../src/rules/settings.ts';
import { reportOf } from '../support/rule-report.ts';

const at = { file: '/srv/shop/src/old/stock.ts', line: 12, column: 3, function: 'take', exact: true };

function rule(name: string, check: Rule['check'], threshold: Rule['threshold'] = null): Rule {
  return { name, threshold, check, summary: '', meaning: '', quiet: '', fix: '', wrong: '', right: '' };
}

function finds(name: string, ...found: readonly Partial<Finding>[]): Rule {
  return rule(name, () => found.map((each) => ({ message: 'It is so.', advice: 'Change it.', ...each })));
}

describe('asking rules', () => {
  test('gives the answer of each, and a warning has the name of its rule', () => {
    const tells: Unknown = { unknown: 'the loop was not measured' };
    const asked = [finds('one', { site: at, value: 5 }), finds('two'), rule('three', () => tells)];
    const result = { warnings: [], reason: null, ignored: 0 };
    const warning = { message: 'It is so.', advice: 'Change it.', task: null, resource: null, count: 1 };
    expect(askRules(asked, reportOf(), {})).toEqual([
      { ...result, rule: 'one', answer: 'warning', warnings: [{ ...warning, rule: 'one', site: at, value: 5 }] },
      { ...result, rule: 'two', answer: 'fine' },
      { ...result, rule: 'three', answer: 'unknown', reason: 'the loop was not measured' },
    ]);
  });

  test('goes on after one that throws', () => {
    const broken = rule('broken', () => {
      throw new TypeError('no such thing');
    });
    expect(askRules([broken, finds('two')], reportOf(), {}).map(({ answer, reason }) => [answer, reason])).toEqual([
      ['unknown', 'the rule failed: TypeError: no such thing'],
      ['fine', null],
    ]);
  });

  test('gives each its threshold: the default, or as it is set', () => {
    const seen: number[] = [];
    const sees = (name: string, threshold: Rule['threshold']): Rule =>
      rule(name, (context) => (seen.push(context.threshold), []), threshold);
    const threshold = { value: 30, unit: 'items', of: 'depth' };
    askRules([sees('one', threshold), sees('two', threshold), sees('three', null)], reportOf(), {
      thresholds: { two: 0 },
    });
    expect(seen).toEqual([30, 0, 0]);
  });

  const found = {
    task: { id: 5, name: 'POST /ship' },
    resource: { id: 9, kind: 'lock', name: 'stock' } as const,
    site: at,
  };

  test.each([
    'one',
    'one:POST /ship',
    'one:task POST *',
    'one:stock',
    'one:lock sto*',
    '*:lock stock',
    'one:src/old/*',
    'one:src/old/stock.ts',
    'one:src/old/stock.ts:12',
    'one:/srv/shop/*',
    'one:*',
  ])('ignores %s', (entry) => {
    expect(askRules([finds('one', found)], reportOf(), { ignore: [entry] })[0]?.answer).toBe('fine');
  });

  test.each(['two', 'two:*', 'one:ship', 'one:lock', 'one:stock.ts', 'one:old/*', '*:post /ship'])(
    'does not ignore by %s',
    (entry) => {
      expect(askRules([finds('one', found)], reportOf(), { ignore: [entry] })[0]?.answer).toBe('warning');
    },
  );

  test('ignores what the program says, too, and counts what is ignored', () => {
    const report = reportOf({ ignoredRules: ['one:POST *'] });
    const [result] = askRules([finds('one', found, { ...found, task: { id: 6, name: 'GET /' } })], report, {});
    expect([result?.answer, result?.warnings.length, result?.ignored]).toEqual(['warning', 1, 1]);
  });

  test('of a report that has nothing but its process finds nothing, and no rule fails', () => {
    const { format, version, reason, takenAt, process } = reportOf();
    const answers = askRules(rules, { format, version, reason, takenAt, process } as never, {});
    expect(answers.filter(({ answer, reason: why }) => answer === 'warning' || why?.includes('failed'))).toEqual([]);
  });
});

describe('a setting', () => {
  const all = [
    rule('stuck', () => [], { value: 1, unit: 'ms', of: '' }),
    rule('deep', () => [], items()),
    finds('not'),
  ];
  function items(): Rule['threshold'] {
    return { value: 1, unit: 'items', of: '' };
  }

  test.each([
    ['stuck=30s', { thresholds: { stuck: 30_000 } }],
    ['stuck=1.5m', { thresholds: { stuck: 90_000 } }],
    ['stuck=2', { thresholds: { stuck: 2000 } }],
    ['stuck=0', { thresholds: { stuck: 0 } }],
    [' deep = 20 ', { thresholds: { deep: 20 } }],
    ['deep=off', { ignore: ['deep'] }],
    ['deep:GET /a=b=off', { ignore: ['deep:GET /a=b'] }],
    ['*:src/old/*=off', { ignore: ['*:src/old/*'] }],
    ['stuck', 'a rule is set as NAME=THRESHOLD or NAME=off, not "stuck"'],
    ['stuk=1s', 'there is no rule "stuk"; did you mean stuck?'],
    ['elephant=1s', 'there is no rule "elephant"; loopscope explain lists them'],
    ['not=1s', 'not has no threshold: it can only be off'],
    ['stuck=soon', 'the threshold of stuck must be a time such as 500ms, 30s or 2m, not "soon"'],
    ['stuck=-1', 'the threshold of stuck must be a time such as 500ms, 30s or 2m, not "-1"'],
    ['deep=30s', 'the threshold of deep must be a number of items, not "30s"'],
    ['deep:x=3', '"deep:x" can only be off: a threshold is for all that a rule finds'],
    ['*=off', 'all rules at once cannot be ignored, only *:GLOB'],
  ])('%j is %j', (text, expected) => {
    expect(parseSetting(text, all)).toEqual(expected);
  });

  test('to ignore is a name with or without a glob', () => {
    expect(['deep', 'deep:x', 'dep:x'].map((text) => parseIgnored(text, all))).toEqual([
      { ignore: ['deep'] },
      { ignore: ['deep:x'] },
      'there is no rule "dep"; did you mean deep?',
    ]);
  });
});

describe('the nearest name', () => {
  const names = ['long-hold', 'stuck-task', 'stuck-wait', 'wait-cycle'];
  test.each([
    ['long-hodl', 'long-hold'],
    ['longhold', 'long-hold'],
    ['STUCK-TASKS', 'stuck-task'],
    ['cycle', 'wait-cycle'],
    ['deadlock', null],
    ['', null],
  ])('to %j is %j', (text, expected) => {
    expect(nearestName(text, names)).toBe(expected);
  });
});
