// The rules on a single number of the report: breakers, queues, cancellations, blocks.
import { describe, expect, test } from 'vitest';
import type { BlockEntry, LoopEntry, Report, SiteEntry } from '../../src/report/format.ts';
import { rules } from '../../src/rules/index.ts';
import { askRules } from '../../src/rules/check.ts';
import { siteOf } from '../support/await-report.ts';
import { messagesOf, reportOf, resourceOf, taskOf, waitOf, warningsOf } from '../support/rule-report.ts';

describe('open-breaker', () => {
  function breaker(state: 'open' | 'half-open' | 'closed', forMs: number, lastError: string | null): Report {
    const statistics = {
      kind: 'breaker',
      state,
      forMs,
      nextInMs: 1,
      calls: 10,
      failures: 5,
      refused: 33,
      lastError,
    } as const;
    return reportOf({ resources: [resourceOf(9, 'rates', statistics)] });
  }

  test('says since when, why, and how many calls it has refused', () => {
    expect(messagesOf('open-breaker', breaker('open', 5000, 'Error: connect ECONNREFUSED'))).toEqual([
      'breaker rates is open for 5.0 s: 5 of 10 calls failed, the last with “Error: connect ECONNREFUSED”, and 33 calls were refused since it was made.',
    ]);
    expect(messagesOf('open-breaker', breaker('open', 5000, 'x'.repeat(1000)))[0]?.length).toBeLessThan(250);
  });

  test('is quiet just before the threshold, and when the breaker is not open', () => {
    expect(messagesOf('open-breaker', breaker('open', 4999, null))).toEqual([]);
    expect(messagesOf('open-breaker', breaker('half-open', 60_000, null))).toEqual([]);
    expect(messagesOf('open-breaker', breaker('closed', 60_000, null))).toEqual([]);
  });
});

describe('unbounded-queue', () => {
  function queue(depth: number | null, capacity: number | null = null): Report {
    const numbers = { putters: 0, getters: 0, unfinished: 0, put: 12_000, taken: 2000 };
    return reportOf({ resources: [resourceOf(9, 'mails', { kind: 'queue', depth, capacity, ...numbers })] });
  }

  test('says how many items are in it', () => {
    expect(messagesOf('unbounded-queue', queue(10_000))).toEqual([
      'queue mails has no capacity, and 10,000 items are in it: 12,000 were put and 2,000 taken since it was made.',
    ]);
  });

  test('is quiet just below the threshold, with a capacity, and where nobody knows', () => {
    expect(
      [queue(9999), queue(50_000, 50_000), queue(null)].flatMap((each) => messagesOf('unbounded-queue', each)),
    ).toEqual([]);
  });
});

describe('ignored-cancel', () => {
  const asked = (forMs: number, count = 1): Report =>
    reportOf({ tasks: [taskOf(1, 'poll', { cancelRequest: { count, forMs }, waits: [waitOf('sleep', null, 5)] })] });

  test('says how often and when the task was asked, at the line where it waits now', () => {
    expect(warningsOf('ignored-cancel', asked(30_000)).map(({ message, site }) => [message, site?.line])).toEqual([
      ['poll #1 was asked to cancel 30.0 s ago, and is pending still.', 7],
    ]);
    expect(messagesOf('ignored-cancel', asked(90_000, 3))).toEqual([
      'poll #1 was asked to cancel 3 times, first 1 m 30 s ago, and is pending still.',
    ]);
  });

  test('names the task that goes on, and neither its group nor who waits for it', () => {
    const cancelRequest = { count: 1, forMs: 30_000 };
    const poll = taskOf(3, 'poll', { cancelRequest, createdBy: { id: 1, name: 'jobs' } });
    const group = taskOf(1, 'jobs', { cancelRequest, kind: 'group' });
    const main = taskOf(2, 'main', { cancelRequest, waits: [waitOf('await', group, 5)] });
    expect(
      warningsOf('ignored-cancel', reportOf({ tasks: [group, main, poll] })).map(({ task }) => task?.name),
    ).toEqual(['poll']);
    expect(warningsOf('ignored-cancel', reportOf({ tasks: [group] }))).toHaveLength(1);
  });

  test('is quiet while it may clean up', () => {
    expect(messagesOf('ignored-cancel', asked(29_999))).toEqual([]);
    expect(messagesOf('ignored-cancel', reportOf({ tasks: [taskOf(1, 'poll')] }))).toEqual([]);
  });
});

describe('blocked-loop', () => {
  const own: SiteEntry = siteOf('src/report.ts:12', 'summarise');
  const library = siteOf('node_modules/big/index.js:4', 'parse');
  const block: BlockEntry = {
    kind: 'javascript',
    native: null,
    count: 1,
    totalMs: 250,
    maxMs: 250,
    gcMs: 0,
    now: false,
    stack: [own],
    tasks: [{ id: 5, name: 'GET /report' }],
    otherTasks: 0,
    slice: null,
  };

  function blocked(fields: Partial<BlockEntry>, thresholdMs: number | null = 100): Report {
    const loop = { thresholdMs, blocks: [{ ...block, ...fields }] } as unknown as LoopEntry;
    return reportOf({ loop });
  }

  test.each<[Partial<BlockEntry>, string]>([
    [{}, 'summarise blocked the event loop for 250 ms.'],
    [
      { count: 4, totalMs: 900, maxMs: 300 },
      'summarise blocked the event loop 4 times, for 900 ms in all, at most 300 ms.',
    ],
    [{ now: true, totalMs: 12_000, maxMs: 12_000 }, 'summarise blocks the event loop now, for 12.0 s so far.'],
    [{ native: 'JSON.parse', kind: 'native call' }, 'JSON.parse in summarise blocked the event loop for 250 ms.'],
    [{ kind: 'regular expression' }, 'A regular expression in summarise blocked the event loop for 250 ms.'],
    [{ stack: [library, own] }, 'summarise blocked the event loop for 250 ms.'],
    [{ stack: [siteOf('src/a.js:1')] }, 'A function blocked the event loop for 250 ms.'],
    [{ gcMs: 124 }, 'summarise blocked the event loop for 250 ms.'],
  ])('of %j says %j', (fields, message) => {
    expect(messagesOf('blocked-loop', blocked(fields))).toEqual([message]);
  });

  test.each<Partial<BlockEntry>>([
    { maxMs: 249 },
    { gcMs: 125 },
    { stack: [] },
    { stack: [library, siteOf('node:internal/modules/run_main:1')] },
    { native: 'readFileSync', kind: 'native call' },
    { native: 'Atomics.wait', kind: 'native call' },
    { kind: 'microtasks' },
  ])('of %j says nothing', (fields) => {
    expect(messagesOf('blocked-loop', blocked(fields))).toEqual([]);
  });

  test('cannot tell where nobody looked', () => {
    const reasons = [reportOf(), blocked({}, null)].map(
      (report) => askRules(rules, report, {}).find(({ rule }) => rule === 'blocked-loop')?.reason,
    );
    expect(reasons).toEqual(['the event loop was not measured', 'nobody looked for what blocks the event loop']);
  });
});
