import { describe, expect, test } from 'vitest';
import type { ClientStatistics } from '../../src/channels/statistics.ts';
import { siteOf } from '../support/await-report.ts';
import { entriesOf, remembering } from '../support/rule-history.ts';
import { messagesOf, resourceOf, warningsOf } from '../support/rule-report.ts';

function fanOut(peak: number) {
  const createdAt = siteOf('src/crawl.ts:12');
  return remembering({ fanOuts: entriesOf({ kind: 'task', name: 'page', createdAt, peak, pending: 50_000 }) });
}

function client(maxPending: number) {
  const counts: ClientStatistics = {
    kind: 'client',
    pending: 0,
    maxPending,
    completed: 5000,
    failed: 0,
    totalMs: 1,
    maxMs: 1,
  };
  return remembering({}, { resources: [resourceOf(9, 'http localhost:80', counts)] });
}

describe('unbounded-fan-out', () => {
  test('says how many there were at a time, and where they were created', () => {
    expect(warningsOf('unbounded-fan-out', fanOut(10_000))).toEqual([
      {
        rule: 'unbounded-fan-out',
        message:
          '10,000 tasks page were under way at the same time, and nothing limited them, created at src/crawl.ts:12.',
        advice: 'Put a Semaphore around the work, or a queue with some workers before it.',
        site: siteOf('src/crawl.ts:12'),
        task: null,
        resource: null,
        count: 10_000,
        value: 10_000,
      },
    ]);
  });

  test.each([
    [999, 0],
    [1000, 1],
  ])('%i tasks that nothing limits make %i warnings, however many wait for a limit', (peak, warnings) => {
    expect(warningsOf('unbounded-fan-out', fanOut(peak))).toHaveLength(warnings);
  });

  test.each([
    [999, []],
    [1000, ['1,000 requests to http localhost:80 were under way at the same time, and nothing limited them.']],
  ])('%i requests to one server: %j', (maxPending, messages) => {
    expect(messagesOf('unbounded-fan-out', client(maxPending))).toEqual(messages);
  });
});
