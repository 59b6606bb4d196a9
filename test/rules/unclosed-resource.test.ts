import { describe, expect, test } from 'vitest';
import type { HandleReport, HandleSiteEntry } from '../../src/report/handles.ts';
import { askRules } from '../../src/rules/check.ts';
import { unclosedResource } from '../../src/rules/unclosed-resource.ts';
import { siteOf } from '../support/await-report.ts';
import { entriesOf, remembering } from '../support/rule-history.ts';
import { messagesOf, reportOf, warningsOf } from '../support/rule-report.ts';

function site(open: readonly number[], fields: Partial<HandleSiteEntry> = {}) {
  const seen = open.map((number, index) => ({ agoMs: (open.length - index) * 2000, open: number }));
  const entry = { kind: 'outgoing' as const, at: siteOf('src/db.ts:12'), through: null, ...fields };
  const sites = [{ ...entry, open: open.at(-1) ?? 0, seen }];
  return reportOf({ handles: { exact: false, entries: [], sites, dropped: 0, unseen: [] } });
}

/** Twelve looks, at each of which there are so many more. */
function growing(from: number, step: number): number[] {
  return Array.from({ length: 12 }, (_, index) => from + index * step);
}

describe('unclosed-resource', () => {
  test('says how many are open, where they were made, by which library, and since when there are more and more', () => {
    const through = siteOf('node_modules/pg/lib/connection.js:45');
    expect(warningsOf('unclosed-resource', site(growing(3, 100), { through }))).toEqual([
      {
        rule: 'unclosed-resource',
        message:
          '1,103 connections made at src/db.ts:12 by pg are open; there were 3 24.0 s ago, and they have become more ' +
          'and more since.',
        advice: 'End each, in a finally block; or make one agent, client or pool at the start and use it for all.',
        site: siteOf('src/db.ts:12'),
        task: null,
        resource: null,
        count: 1103,
        value: 1103,
      },
    ]);
  });

  test('says what timers call, where nobody knows where they were set', () => {
    const fields = { kind: 'interval', at: siteOf('src/poll.ts:3', 'poll'), isCalled: true } as const;
    expect(messagesOf('unclosed-resource', site(growing(5, 9), fields))).toEqual([
      '104 intervals that call poll at src/poll.ts:3 are open; there were 5 24.0 s ago, and they have become more and ' +
        'more since.',
    ]);
  });

  test('says what was lost open, also when all is over', () => {
    const lost = (count: number, at = true) =>
      remembering({ lostFiles: entriesOf({ at: at ? siteOf('src/db.ts:12') : null, through: null, count }) });
    const end = 'for which Node 26 and later end the program.';
    expect([lost(2), lost(1, false)].flatMap((report) => messagesOf('unclosed-resource', report))).toEqual([
      `2 files opened at src/db.ts:12 were never closed: the garbage collector had to close them, ${end}`,
      `1 file was never closed: the garbage collector had to close it, ${end}`,
    ]);
    const none = remembering({ lostFiles: entriesOf() }, { handles: site([]).handles as HandleReport });
    expect(messagesOf('unclosed-resource', none)).toEqual([]);
  });

  test.each<[string, number, readonly number[], Partial<HandleSiteEntry>]>([
    ['that grew to one less than the threshold', 0, growing(5, 4).with(11, 49), {}],
    ['that grew to the threshold', 1, growing(5, 4).with(11, 50), {}],
    ['of a pool that filled and stands', 0, [1, 20, 60, 100, 100, 100, 100, 100, 100, 100, 100, 100], {}],
    ['that rose and fell', 0, [60, 70, 80, 90, 100, 110, 120, 130, 140, 150, 160, 20], {}],
    ['that grew by less than half', 0, growing(500, 20), {}],
    ['that a server accepts in a rush', 0, growing(5, 90), { kind: 'incoming' }],
    ['that a server accepts without end', 1, growing(5, 91), { kind: 'incoming' }],
  ])('of handles %s: %i', (_, warnings, open, fields) => {
    expect(warningsOf('unclosed-resource', site(open, fields))).toHaveLength(warnings);
  });

  test('cannot tell where nobody looked, or not for long enough', () => {
    const ask = (report: ReturnType<typeof reportOf>) => askRules([unclosedResource], report, {})[0]?.reason;
    expect([ask(reportOf()), ask(site(growing(5, 50).slice(0, 11))), ask(site([1, 2]))]).toEqual(
      ['nobody looked at what is open', 'what is open was not looked at for long enough', undefined].map(
        (reason) => reason ?? null,
      ),
    );
  });
});
