import { describe, expect, test } from 'vitest';
import { compareReports, type Tolerance } from '../../src/report/compare.ts';
import type { LoopEntry, Report, TaskEntry } from '../../src/report/format.ts';
import { siteOf } from '../support/await-report.ts';
import { orderService } from '../support/ci-reports.ts';
import { holderOf, reportOf, resourceOf, taskOf } from '../support/rule-report.ts';

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
