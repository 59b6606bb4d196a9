import { describe, expect, test } from 'vitest';
import { siteOf } from '../support/await-report.ts';
import { entriesOf, remembering } from '../support/rule-history.ts';
import { messagesOf, warningsOf } from '../support/rule-report.ts';

function fanOut(peak: number) {
  const createdAt = siteOf('src/crawl.ts:12');
  return remembering({ fanOuts: entriesOf({ kind: 'task', name: 'page', createdAt, peak, pending: 50_000 }) });
}

function client(peak: number) {
  const entry = {
    kind: 'client',
    name: 'http localhost:80',
    createdAt: siteOf('src/crawl.ts:12'),
    peak,
    pending: peak,
  } as const;
  return remembering({ fanOuts: entriesOf(entry) });
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
    [
      1000,
      [
        '1,000 requests to http localhost:80 were under way at the same time, and nothing limited them, made at src/crawl.ts:12.',
      ],
    ],
  ])('%i requests to one server: %j', (maxPending, messages) => {
    expect(messagesOf('unbounded-fan-out', client(maxPending))).toEqual(messages);
  });
});
