import { describe, expect, test } from 'vitest';
import type { LoopEntry } from '../../src/report/format.ts';
import { askRules } from '../../src/rules/check.ts';
import { timerDrift } from '../../src/rules/timer-drift.ts';
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

  test.each<[string, number, ReturnType<typeof measured>]>([
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
