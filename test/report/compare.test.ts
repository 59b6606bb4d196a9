import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/doctor/diagnose.ts';
import { compareRuns, type ComparedRun, type Comparison, type Tolerance } from '../../src/report/compare.ts';
import type { LoopEntry, Report, TaskEntry } from '../../src/report/format.ts';
import { siteOf } from '../support/await-report.ts';
import { orderService } from '../support/ci-reports.ts';
import { operationOf, recordingOf, threadOf, useOf } from '../support/recording.ts';
import { holderOf, reportOf, resourceOf, taskOf } from '../support/rule-report.ts';

function compareReports(before: readonly Report[], after: readonly Report[], tolerance: Tolerance = {}): Comparison {
  return compareRuns({ reports: before, recordings: [] }, { reports: after, recordings: [] }, tolerance);
}

function changes(before: readonly Report[], after: readonly Report[], tolerance: Tolerance = {}) {
  return compareReports(before, after, tolerance).changes.map((change) => [
    change.change,
    change.kind,
    change.name,
    change.before,
    change.after,
  ]);
}

function withTasks(...tasks: TaskEntry[]): Report {
  return reportOf({ tasks });
}

function queue(depth: number): Report {
  const statistics = {
    kind: 'queue',
    depth,
    capacity: null,
    putters: 0,
    getters: 1,
    unfinished: depth,
    put: 0,
    taken: 0,
  };
  return reportOf({ resources: [resourceOf(1, 'mails', statistics as never)] });
}

function held(forMs: number): Report {
  const statistics = { kind: 'lock', permits: 1, held: 1, waiters: 1 } as const;
  return reportOf({
    resources: [resourceOf(1, 'db', statistics, { holders: [holderOf({ id: 7, name: 'ship' }, forMs)] })],
  });
}

describe('a comparison', () => {
  test('of a report with itself has no change', () => {
    expect(compareReports([orderService], [orderService])).toMatchObject({ changes: [], same: 13 });
  });

  test('knows things by name, file and function: ids, lines and folders differ', () => {
    const before = withTasks(taskOf(1, 'load', { createdAt: siteOf('src/a.ts:10', 'start') }));
    const after = reportOf({
      process: { directory: '/other' },
      tasks: [taskOf(9, 'load', { createdAt: { ...siteOf('/other/src/a.ts:99:1', 'start') } })],
    });
    expect(changes([before], [after])).toEqual([]);
  });

  test.each([
    ['another name', taskOf(1, 'save', { createdAt: siteOf('src/a.ts:10', 'start') })],
    ['another file', taskOf(1, 'load', { createdAt: siteOf('src/b.ts:10', 'start') })],
    ['another function', taskOf(1, 'load', { createdAt: siteOf('src/a.ts:10', 'stop') })],
  ])('with %s it is another thing', (_, task) => {
    const before = withTasks(taskOf(1, 'load', { createdAt: siteOf('src/a.ts:10', 'start') }));
    expect(
      changes([before], [withTasks(task)])
        .map(([change]) => String(change))
        .toSorted(),
    ).toEqual(['gone', 'new']);
  });

  test('counts tasks of all processes; one more is worse, one less better', () => {
    const one = withTasks(taskOf(1, 'load'));
    expect(changes([one, one], [one, one, one])).toEqual([['worse', 'tasks', 'load', 2, 3]]);
    expect(changes([one, one], [one])).toEqual([['better', 'tasks', 'load', 2, 1]]);
  });

  test.each([
    [queue(100), queue(130), []],
    [queue(100), queue(131), [['worse', 'queues', 'queue mails', 100, 131]]],
    [queue(131), queue(100), [['better', 'queues', 'queue mails', 131, 100]]],
    [held(1000), held(1270), []],
    [held(1000), held(1271), [['worse', 'holds', 'lock db held by ship', 1000, 1271]]],
  ])('of depths and times leaves a quarter and some noise as the same (%#)', (before, after, expected) => {
    expect(changes([before], [after])).toEqual(expected);
  });

  test('has as much tolerance as is asked for', () => {
    expect(changes([queue(100)], [queue(106)], { share: 0 })).toHaveLength(1);
    expect(changes([queue(100)], [queue(190)], { share: 1 })).toEqual([]);
  });

  test('of a loop that one of them did not measure says nothing; else p99 and the longest', () => {
    const loop = orderService.loop as LoopEntry;
    const slower = { ...loop, delay: { ...loop.delay, p99Ms: loop.delay.p99Ms * 2, maxMs: loop.delay.maxMs * 2 } };
    const bare = { ...orderService, loop: null };
    expect(changes([bare], [orderService]).filter(([, kind]) => kind === 'loop')).toEqual([]);
    expect(
      changes([orderService], [{ ...orderService, loop: slower }]).map(([change, kind, name]) => [change, kind, name]),
    ).toEqual([
      ['worse', 'loop', 'delay max'],
      ['worse', 'loop', 'delay p99'],
    ]);
  });
});

test('of recordings it is said what got better and worse: throughput, delay, operations by line, findings', () => {
  const recorded = (finished: number, waitMs: number): ComparedRun => {
    const totalMs = finished * (waitMs + 1);
    const group = operationOf({ count: finished, runs: finished, waitingMs: finished * waitMs, peak: 10 });
    const thread = threadOf({
      requests: {
        started: finished,
        finished,
        totalMs,
        maxMs: waitMs * 2,
        peak: 10,
        refused: 0,
        failed: 0,
        status: null,
      },
      operations: { followedMs: 2200, isDeep: false, groups: [group], dropped: 0 },
      resources: [useOf({ kind: 'client', name: 'http api:80', holds: finished, holdMs: finished * waitMs })],
    });
    const recording = recordingOf([thread]);
    return { reports: [], recordings: [{ recording, diagnosis: diagnose(recording) }] };
  };
  const found = (before: ComparedRun, after: ComparedRun): string[] =>
    compareRuns(before, after).changes.map(
      ({ change, kind, name, before: was, after: is }) => `${change} ${kind} ${name} ${was} ${is}`,
    );
  const [fast, slow] = [recorded(1000, 5), recorded(400, 50)];
  expect([found(fast, slow), found(slow, fast), found(fast, fast)]).toEqual([
    [
      'new findings slow-dependency null 1',
      'worse requests requests a second 500 200',
      'worse requests longest request 10 100',
      'worse requests time of a request 6 51',
      'worse processor time of a request 1 2.5',
      'worse operations file: wait each 5 50',
    ],
    [
      'gone findings slow-dependency 1 null',
      'better requests requests a second 200 500',
      'better requests longest request 100 10',
      'better requests time of a request 51 6',
      'better processor time of a request 2.5 1',
      'better operations file: wait each 50 5',
    ],
    [],
  ]);
});
