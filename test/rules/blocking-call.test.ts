import { describe, expect, test } from 'vitest';
import type { BlockEntry, LoopEntry, Report } from '../../src/report/format.ts';
import type { BlockingCallEntry } from '../../src/report/history.ts';
import { blockingCall } from '../../src/rules/blocking-call.ts';
import { askRules } from '../../src/rules/check.ts';
import { siteOf } from '../support/await-report.ts';
import { loopOf } from '../support/rule-loop.ts';
import { entriesOf, remembering } from '../support/rule-history.ts';
import { messagesOf, reportOf, warningsOf } from '../support/rule-report.ts';

const at = siteOf('src/page.ts:12');

function calls(fields: Partial<BlockingCallEntry>, observedMs = 1000): Report {
  const entry = {
    native: 'readFileSync',
    at,
    count: 1,
    totalMs: 30,
    maxMs: 30,
    task: { id: 3, name: 'page' },
    ...fields,
  };
  return remembering({ observedMs, blockingCalls: entriesOf(entry) });
}

function block(fields: Partial<BlockEntry>): LoopEntry {
  return loopOf({ kind: 'native call', native: 'execSync', stack: [at], ...fields });
}

/** Where synchronous calls were looked for, and none was found. */
function looked(fields: Partial<Report>): Report {
  return remembering({ blockingCalls: entriesOf() }, fields);
}

describe('blocking-call', () => {
  test('says which function at which line kept the loop waiting, for how long, and what to use', () => {
    expect(warningsOf('blocking-call', calls({}))).toEqual([
      {
        rule: 'blocking-call',
        message: 'readFileSync at src/page.ts:12 kept the loop waiting for 30 ms: nothing else could run.',
        advice: 'Use the same of node:fs/promises, and await it.',
        site: at,
        task: { id: 3, name: 'page' },
        resource: null,
        count: 1,
        value: 30,
      },
    ]);
  });

  test('says of many short calls what they take together', () => {
    expect(messagesOf('blocking-call', calls({ count: 4000, totalMs: 400, maxMs: 2 }, 10_000))).toEqual([
      'readFileSync at src/page.ts:12 kept the loop waiting 4,000 times, for 400 ms in all and 2 ms at most, which is 40 ms of each second: nothing else could run.',
    ]);
  });

  test.each<[string, number, Report]>([
    ['one call just below the threshold', 0, calls({ totalMs: 24.9, maxMs: 24.9 })],
    ['one at the threshold', 1, calls({ totalMs: 25, maxMs: 25 })],
    ['short ones that take 24.9 ms of each second', 0, calls({ count: 60_000, totalMs: 1494, maxMs: 1 }, 60_000)],
    ['short ones that take 25 ms of each second', 1, calls({ count: 60_000, totalMs: 1500, maxMs: 1 }, 60_000)],
    ['short ones within less than a second', 0, calls({ count: 20, totalMs: 20, maxMs: 1 }, 100)],
    ['a block, where nobody asked for calls', 1, reportOf({ loop: block({}) })],
    ['a block by what computes', 0, looked({ loop: block({ native: 'JSON.parse' }) })],
    ['a block by code of the program', 0, looked({ loop: block({ kind: 'javascript', native: null }) })],
    ['the same call seen both ways', 1, { ...calls({ native: 'execSync' }), loop: block({}) }],
  ])('%s: %i', (_, warnings, report) => {
    expect(warningsOf('blocking-call', report)).toHaveLength(warnings);
  });

  test.each<[string, string, Report]>([
    [
      'neither blocks nor synchronous calls were looked for',
      'where nobody looked',
      reportOf({ loop: loopOf(null, { thresholdMs: null }) }),
    ],
    [
      'calls of less than 100 ms were not looked for',
      'where only blocks were looked for',
      reportOf({ loop: loopOf(null) }),
    ],
  ])('cannot tell (%s) %s', (reason, _, report) => {
    expect(askRules([blockingCall], report, {})).toMatchObject([{ answer: 'unknown', reason }]);
  });

  test.each([
    ['execFileSync', 'Use execFile and await its end.'],
    ['Atomics.wait', 'Use `await sleep(…)`, which lets the others run.'],
    ['scryptSync', 'Use scrypt, which works in another thread.'],
    ['brotliCompressSync', 'Use brotliCompress, which works in another thread.'],
    ['writeFileSync', 'Use the same of node:fs/promises, and await it.'],
  ])('in the place of %s: %s', (native, advice) => {
    expect(warningsOf('blocking-call', calls({ native })).map((each) => each.advice)).toEqual([advice]);
  });
});
