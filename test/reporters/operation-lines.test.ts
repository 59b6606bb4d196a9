// The table of asynchronous operations, at 80 columns.
import { expect, test } from 'vitest';
import { diagnose } from '../../src/doctor/diagnose.ts';
import type { ThreadRecording } from '../../src/report/recording.ts';
import { drawOperations, sparkline } from '../../src/reporters/operation-lines.ts';
import { operationOf, recordingOf, siteAt, threadOf } from '../support/recording.ts';

const request = { type: 'HTTPINCOMINGMESSAGE', at: null };
const loadFile = operationOf({
  type: 'FSREQPROMISE',
  at: siteAt(8, 'load'),
  count: 12_345,
  runs: 12_345,
  waitingMs: 600_000,
  onLoopMs: 400,
  peak: 5006,
  concurrency: [0, 10, 2000, 5006],
  parent: request,
});
const tick = operationOf({
  type: 'Timeout',
  at: siteAt(20, 'start'),
  count: 2,
  runs: 40,
  waitingMs: 4000,
  onLoopMs: 20,
  peak: 2,
  open: 2,
  concurrency: [2, 2, 2, 2],
  parent: { type: 'FSREQPROMISE', at: siteAt(8, 'load') },
});
const query = operationOf({
  type: 'response client pg 127.0.0.1:5432/shop',
  at: { ...siteAt(30), file: '/app/database/queries.ts' },
  count: 1000,
  runs: 1000,
  waitingMs: 20_000,
  peak: 12,
  open: 1,
  concurrency: [10, 10],
  parent: { type: 'task poll', at: siteAt(4) },
});

function linesOf(threads: readonly ThreadRecording[]): string[] {
  return drawOperations(diagnose(recordingOf(threads)), 80, (_, text) => text);
}

test('an operation has its line, how often and how long, how many at a time, and who began it', () => {
  const thread = threadOf({
    operations: { followedMs: 2000, isDeep: false, groups: [loadFile, tick], dropped: 0 },
    waits: { groups: [query], dropped: 0 },
    observedMs: 2000,
  });
  expect(linesOf([thread])).toEqual([
    '',
    'ASYNCHRONOUS OPERATIONS  by the line that begins them',
    '  Mean, peak and open: how many at a time, and at the end.',
    '    COUNT  WAIT EACH  ON LOOP   MEAN   PEAK   OPEN  OVER TIME',
    '  file at app.ts:8, from request',
    '   12,345      49 ms   400 ms    300  5,006      0  ·▁▄█',
    '  response of pg 127.0.0.1:5432/shop at database/queries.ts:30, from task poll',
    '    at app.ts:4',
    '    1,000      20 ms        -   10.0     12      1  ██',
    '  timer at app.ts:20, from file at line 8',
    '        2     100 ms    20 ms    2.0      2      2  ████',
  ]);
});

test('the same line of two threads is one row, and what was not followed all the time says so', () => {
  const seldom = { ...tick, parent: null, waitingMs: 400, runs: 4, count: 2, onLoopMs: 20 };
  const thread = threadOf({
    operations: { followedMs: 200, isDeep: false, groups: [seldom], dropped: 0 },
    observedMs: 2000,
  });
  const short = operationOf({ ...tick, parent: null, concurrency: [1, 3] });
  const other = threadOf({ operations: { followedMs: 2000, isDeep: false, groups: [short], dropped: 0 } });
  expect(linesOf([thread, other]).slice(2)).toEqual([
    '  Mean, peak and open: how many at a time, and at the end. They were followed',
    '  for 200 ms of 2.0 s: counts are estimates.',
    '    COUNT  WAIT EACH  ON LOOP   MEAN   PEAK   OPEN  OVER TIME',
    '  timer at app.ts:20',
    '       22     100 ms   222 ms    4.1      2      4  ▅▅██',
  ]);
});

test('a curve has the highest of what one of its points stands for, and none where nothing ever was', () => {
  expect([sparkline([0, 0], 4), sparkline([1, 8, 2, 4, 0, 0], 3), sparkline([3], 4)]).toEqual(['', '█▄·', '█']);
});
