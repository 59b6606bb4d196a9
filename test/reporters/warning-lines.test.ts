import { expect, test } from 'vitest';
import { drawWarnings } from '../../src/reporters/warning-lines.ts';
import type { Warning } from '../../src/report/warning.ts';
import { siteOf } from '../support/await-report.ts';
import { reportOf } from '../support/rule-report.ts';

function warning(fields: Partial<Warning>): Warning {
  return {
    rule: 'long-hold',
    message: 'It is held for long.',
    advice: 'Release it.',
    site: siteOf('src/stock.ts:3'),
    task: null,
    resource: null,
    count: 1,
    value: null,
    ...fields,
  };
}

function drawn(...warnings: readonly Warning[]): string[] {
  return drawWarnings(reportOf({ warnings }), 60, (_, text) => text);
}

test('a warning is its rule, its message, and its line where the message does not have it', () => {
  expect(
    drawn(
      warning({}),
      warning({ message: 'It is held, taken at src/stock.ts:3, for long.' }),
      warning({ message: 'It is held by somebody, and others wait. '.repeat(3).trim() }),
      warning({ site: null }),
    ),
  ).toEqual([
    'long-hold: It is held for long. · at src/stock.ts:3:5',
    'long-hold: It is held, taken at src/stock.ts:3, for long.',
    'long-hold: It is held by somebody, and others wait. It is',
    '  held by somebody, and others wait. It is held by somebody,',
    '  and others wait. · at src/stock.ts:3:5',
    'long-hold: It is held for long.',
  ]);
});

test('a number stays on the line of its unit', () => {
  const message = 'It is held by somebody, and others wait, for 2 m 3 s.';
  expect(drawn(warning({ message, site: null }))).toEqual([
    'long-hold: It is held by somebody, and others wait, for',
    '  2 m 3 s.',
  ]);
});

test('names of the program cannot break the lines', () => {
  expect(drawn(warning({ message: 'lock a\n\u001B[31mb is held.', site: null }))).toEqual([
    String.raw`long-hold: lock a\n\u{1b}[31mb is held.`,
  ]);
});

test('wait cycles of tasks are drawn elsewhere, and those of functions that await each other are not', () => {
  const cycles = [{ steps: [{ task: 3, waitsFor: { type: 'task', id: 3, kind: 'task', name: 'ship' } }] }] as const;
  const ofTask = warning({ rule: 'wait-cycle', task: { id: 3, name: 'ship' } });
  const ofFunctions = warning({ rule: 'wait-cycle', message: 'load, save await each other.', site: null });
  const report = reportOf({ cycles, warnings: [ofTask, ofFunctions] });
  expect(drawWarnings(report, 60, (_, text) => text)).toEqual(['wait-cycle: load, save await each other.']);
});

test('after 50 warnings there is how many more there are', () => {
  const lines = drawn(...Array.from({ length: 53 }, () => warning({ site: null })));
  expect([lines.length, lines.at(-1)]).toEqual([51, '… 3 warnings more; --format json has all']);
});

test('a report that no rule has looked at has none', () => {
  expect(drawWarnings(reportOf(), 60, (_, text) => text)).toEqual([]);
});
