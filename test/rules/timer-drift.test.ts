import { describe, expect, test } from 'vitest';
import type { LoopEntry } from '../../src/report/format.ts';
import type { IntervalEntry } from '../../src/report/history.ts';
import { askRules } from '../../src/rules/check.ts';
import { timerDrift } from '../../src/rules/timer-drift.ts';
import { siteOf } from '../support/await-report.ts';
import { entriesOf, remembering } from '../support/rule-history.ts';
import { loopOf } from '../support/rule-loop.ts';
import { messagesOf, reportOf, warningsOf } from '../support/rule-report.ts';

const late = { delay: { p50Ms: 20, p99Ms: 80, maxMs: 95, meanMs: 22 }, utilization: 0.97 };

function measured(fields: Partial<LoopEntry>, blockedMs = 0) {
  return reportOf({ loop: loopOf(blockedMs === 0 ? null : { totalMs: blockedMs }, { ...late, ...fields }) });
}

describe('timer-drift', () => {
  test('says how late timers are, and how busy the loop is', () => {
    expect(messagesOf('timer-drift', measured({}))).toEqual([
      'Half of what is due fires 20 ms late or later (1 in 100: 80 ms), though hardly anything blocks the loop: it is busy for 97 % of the time, in short turns.',
    ]);
  });

  const clock = { everyMs: 1000, at: null, calls: siteOf('src/clock.ts:3', 'tick'), ticks: 20 };
  const interval = (p50Ms: number, fields: Partial<IntervalEntry> = {}) => ({
    ...clock,
    ...fields,
    late: { p50Ms, maxMs: 99 },
  });
  const inTime = { delay: { ...late.delay, p50Ms: 1 } };
  const ticking = (loop: Partial<LoopEntry>, ...intervals: readonly IntervalEntry[]) =>
    remembering({ intervals: entriesOf(...intervals) }, { loop: measured(loop).loop });

  test('names an interval that is late, how much it loses, and where it was set or what it calls', () => {
    const worse = interval(100, { at: siteOf('src/clock.ts:9') });
    const reports = [ticking(inTime, interval(20)), ticking(inTime, interval(25), worse), ticking({}, interval(20))];
    const found = reports.flatMap((report) => warningsOf('timer-drift', report));
    expect(found.map(({ message, site, count }) => [message, site?.line, count])).toEqual([
      [
        'The interval of 1.0 s, which calls tick at src/clock.ts:3, fires 20 ms late or later in half of all cases, and falls ' +
          'behind by 1.2 s a minute: something else always runs when it is due.',
        3,
        1,
      ],
      [
        'The interval of 1.0 s set at src/clock.ts:9 fires 100 ms late or later in half of all cases, and falls behind by ' +
          '5.5 s a minute: something else always runs when it is due, and when 1 other interval is.',
        9,
        2,
      ],
      [
        expect.stringMatching(
          / in short turns; the interval of 1\.0 s, which calls .*, falls behind by 1\.2 s a minute\.$/,
        ),
        3,
        1,
      ],
    ]);
  });

  test.each<[string, number, ReturnType<typeof measured>]>([
    ['just below the threshold, of an interval', 0, ticking(inTime, interval(19.99))],
    ['just below 2 % of an interval', 0, ticking(inTime, interval(59.9, { everyMs: 3000 }))],
    ['at 2 % of an interval', 1, ticking(inTime, interval(60, { everyMs: 3000 }))],
    ['just below the threshold', 0, measured({ delay: { ...late.delay, p50Ms: 19.99 } })],
    ['where blocks are just less than half of the work', 1, measured({}, 29_099)],
    ['where blocks are half of the work', 0, measured({}, 29_100)],
    ['where the machine is late, a little', 1, measured({ processorWaitMs: 2999 })],
  ])('%s: %i', (_, warnings, report) => {
    expect(warningsOf('timer-drift', report)).toHaveLength(warnings);
  });

  test.each([
    [{ observedMs: 4999 }, 'the loop was not measured for 5 s'],
    [{ processorWaitMs: 3000 }, 'the machine had no processor for it for 5 % of the time'],
  ])('with %j it is not known', (fields, reason) => {
    expect(askRules([timerDrift], measured(fields), {})).toMatchObject([{ answer: 'unknown', reason }]);
  });
});
