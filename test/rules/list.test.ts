// What every rule says of itself, and that the documentation and `loopscope explain` say the same.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { drawExplanation, drawRules, thresholdText } from '../../src/reporters/explanation.ts';
import { rules, type Rule } from '../../src/rules/index.ts';
import { parseSetting } from '../../src/rules/settings.ts';
import { loopscope } from '../support/cli.ts';

test('docs/rules.md has a row for each rule, and for nothing else', () => {
  const text = readFileSync(new URL('../../docs/rules.md', import.meta.url), 'utf8');
  expect(text.split('\n').filter((line) => line.startsWith('| `') && line.includes('` | '))).toEqual(
    expect.arrayContaining(rules.map(row)),
  );
  const named = Array.from(text.matchAll(/^\| `([a-z-]+)` \| [^|]* \| [^|]* \|$/gm), ([, name]) => name);
  expect(named).toEqual(rules.map(({ name }) => name));
});

function row({ name, summary, threshold }: Rule): string {
  const from = threshold === null ? '' : `${thresholdText(threshold)}: ${threshold.of}`;
  return `| \`${name}\` | ${summary} | ${from} |`;
}

describe.each(rules.map((rule) => [rule.name, rule] as const))('%s', (name, rule) => {
  test('fits into 80 columns', () => {
    expect(
      `${drawExplanation(rule)}${drawRules([rule])}`
        .replaceAll(/^.*"rules".*$/gm, '')
        .split('\n')
        .filter((line) => line.length > 80),
    ).toEqual([]);
  });

  test('says everything in whole sentences', () => {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)+$/);
    for (const text of [rule.meaning, rule.quiet, rule.fix]) expect(text).toMatch(/^[A-Z][^]*\.$/);
    expect(rule.summary).toMatch(/^[a-z][^.]*$/);
  });

  test('has an example of another threshold that is one', () => {
    const shown = / --rule (\S+)/.exec(drawExplanation(rule))?.[1];
    const { threshold } = rule;
    expect(shown === undefined ? null : parseSetting(shown, rules)).toEqual(
      threshold === null ? null : { thresholds: { [name]: threshold.value * 2 } },
    );
  });
});

describe('loopscope explain', () => {
  test('alone lists the rules', async () => {
    expect(await loopscope(['explain'])).toEqual({ stdout: drawRules(rules), stderr: '', code: 0, signal: null });
  });

  test('with a name says all about that rule', async () => {
    const { stdout, code } = await loopscope(['explain', 'long-hold']);
    expect({ stdout, code }).toEqual({ stdout: drawExplanation(rules.find(isLongHold) as Rule), code: 0 });
  });

  test.each([
    [['long-hodl'], 'there is no rule "long-hodl"; did you mean long-hold?'],
    [['deadlock'], 'there is no rule "deadlock"; loopscope explain lists them'],
    [['long-hold', 'wait-cycle'], 'explain takes one rule: loopscope explain NAME'],
  ])('%j is a mistake', async (words, message) => {
    const expected = { stdout: '', stderr: `loopscope: ${message}\n`, code: 2, signal: null };
    expect(await loopscope(['explain', ...words])).toEqual(expected);
  });

  function isLongHold({ name }: Rule): boolean {
    return name === 'long-hold';
  }
});
