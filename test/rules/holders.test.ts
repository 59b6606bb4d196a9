// The rules on what is held and not given back: by a task that has settled, by one that does not get on.
import { describe, expect, test } from 'vitest';
import type { Report, ResourceEntry, StatisticsEntry } from '../../src/report/format.ts';
import { holderOf, messagesOf, reportOf, resourceOf, taskOf, waitOf, warningsOf } from '../support/rule-report.ts';

const gone = { id: 70, name: 'ship' };
const lock = { kind: 'lock', permits: 1, held: 1, waiters: 1 } as const;
const drained = { process: { isDrained: true } };

/** A resource for which one task waits. */
function awaited(resource: ResourceEntry, waitMs: number, fields: Parameters<typeof reportOf>[0] = {}): Report {
  const waiter = taskOf(2, 'buy', { waits: [waitOf('acquire', resource, waitMs)] });
  return reportOf({ tasks: [waiter], resources: [resource], ...fields });
}

describe('dead-holder', () => {
  const stock = resourceOf(9, 'stock', lock, { holders: [holderOf(gone, 90_000, true)] });

  test('says who took the lock where, and how long others wait', () => {
    const warnings = warningsOf('dead-holder', awaited(stock, 10_000));
    expect(warnings.map(({ message, site, task, value }) => [message, site?.line, task, value])).toEqual([
      [
        'ship #70 took lock stock at src/take.ts:3 1 m 30 s ago, has settled, and never released it; 1 task waits for it, up to 10.0 s.',
        3,
        gone,
        10_000,
      ],
    ]);
  });

  test('is quiet while the first has not waited for long, while nobody waits, and while the holder is pending', () => {
    const pending = { ...stock, holders: [holderOf(taskOf(1, 'ship'), 90_000)] };
    expect(messagesOf('dead-holder', awaited(stock, 9999))).toEqual([]);
    expect(messagesOf('dead-holder', reportOf({ resources: [stock] }))).toEqual([]);
    expect(messagesOf('dead-holder', awaited(pending, 90_000))).toEqual([]);
    expect(messagesOf('dead-holder', awaited(stock, 1, drained))).toHaveLength(1);
  });

  test('finds a reader that has settled among readers that have not', () => {
    const rwlock: StatisticsEntry = { kind: 'rwlock', readers: 2, writers: 0, waitingReaders: 0, waitingWriters: 1 };
    const holders = [holderOf(taskOf(1, 'read'), 90_000), holderOf(gone, 90_000, true)];
    expect(messagesOf('dead-holder', awaited(resourceOf(9, 'index', rwlock, { holders }), 10_000))).toHaveLength(1);
  });
});

describe('permit-leak', () => {
  const semaphore = { kind: 'semaphore', permits: 3, held: 3, waiters: 1 } as const;
  const hosts = (heldMs: number): ResourceEntry =>
    resourceOf(9, 'hosts', semaphore, {
      holders: [holderOf(gone, heldMs, true), holderOf(gone, 10, true), holderOf(taskOf(1, 'load'), 900_000)],
    });

  test('counts the permits of tasks that settled long ago', () => {
    expect(messagesOf('permit-leak', awaited(hosts(60_000), 100))).toEqual([
      '1 of 3 permits of semaphore hosts are held by tasks that have settled, the first for 1 m, taken at src/take.ts:3; ' +
        '1 task waits for a permit.',
    ]);
    expect(warningsOf('permit-leak', awaited(hosts(60_000), 100, drained))[0]?.count).toBe(2);
  });

  test('is quiet just before the threshold, and as long as nobody waits', () => {
    expect(messagesOf('permit-leak', awaited(hosts(59_999), 100))).toEqual([]);
    expect(messagesOf('permit-leak', reportOf({ resources: [hosts(3_600_000)] }))).toEqual([]);
  });
});

describe('pool-leak', () => {
  const statistics = {
    kind: 'pool',
    least: 0,
    most: 2,
    borrowed: 2,
    idle: 0,
    pending: 0,
    waiters: 1,
    created: 2,
    destroyed: 0,
  } as const;

  /** Both are borrowed: one by a task that settled, one by a task whose present wait is so long. */
  function pool(heldMs: number, restMs: number, idle = 0): Report {
    const task = taskOf(1, 'load', { waits: [waitOf('sleep', null, restMs)] });
    const holders = [holderOf(gone, heldMs, true), holderOf(task, heldMs)];
    const clients = resourceOf(9, 'clients', { ...statistics, idle }, { holders });
    const report = awaited(clients, 100);
    return { ...report, tasks: [...report.tasks, task] };
  }

  test.each([
    [59_999, 59_999, 0, null],
    [
      60_000,
      59_999,
      0,
      '1 of 2 borrowed are kept: the first by ship #70 for 1 m at src/take.ts:3; one borrower has settled.',
    ],
    [
      60_000,
      60_000,
      0,
      '2 of 2 borrowed are kept: the first by ship #70 for 1 m at src/take.ts:3; one borrower has settled.',
    ],
    [60_000, 60_000, 1, null],
  ])('borrowed for %i ms, not moved for %i ms, %i idle: %j', (heldMs, restMs, idle, expected) => {
    expect(messagesOf('pool-leak', pool(heldMs, restMs, idle))).toEqual(
      expected === null ? [] : [`1 task waits for pool clients, of which ${expected}`],
    );
  });
});
