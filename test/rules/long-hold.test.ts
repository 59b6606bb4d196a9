import { describe, expect, test } from 'vitest';
import type { Report, TaskEntry } from '../../src/report/format.ts';
import { messagesOf, reportOf, holderOf, resourceOf, taskOf, waitOf, warningsOf } from '../support/rule-report.ts';

interface Case {
  readonly heldMs: number;
  readonly waiters?: number;
  /** Of the holder, besides its name. */
  readonly holder?: Partial<TaskEntry>;
  readonly settled?: boolean;
  readonly report?: Parameters<typeof reportOf>[0];
}

function held({ heldMs, waiters = 1, holder = {}, settled = false, report = {} }: Case): Report {
  const ship = taskOf(1, 'ship', holder);
  const stock = resourceOf(
    9,
    'stock',
    { kind: 'lock', permits: 1, held: 1, waiters },
    { holders: [holderOf(ship, heldMs, settled)] },
  );
  const others = Array.from({ length: waiters }, (_, index) =>
    taskOf(2 + index, `buy ${index}`, { waits: [waitOf('acquire', stock, 5000 - index)] }),
  );
  return reportOf({ tasks: settled ? others : [ship, ...others], resources: [stock], ...report });
}

describe('long-hold', () => {
  test('says who holds it, for how long, where it was taken, and who waits', () => {
    expect(warningsOf('long-hold', held({ heldMs: 60_000, waiters: 2 }))).toEqual([
      {
        rule: 'long-hold',
        message:
          'lock stock is held by ship #1 for 1 m, taken at src/take.ts:3, and 2 wait for it, the first for 5.0 s.',
        advice: 'Look at what the holder awaits, give that a timeout, and do what is slow outside of the lock.',
        site: { file: '/srv/shop/src/take.ts', line: 3, column: 5, function: '', exact: true },
        task: { id: 1, name: 'ship' },
        resource: { id: 9, kind: 'lock', name: 'stock' },
        count: 1,
        value: 60_000,
      },
    ]);
  });

  const moving = { waits: [waitOf('sleep', null, 59_999, { leftMs: 10 })] };
  const still = { waits: [waitOf('sleep', null, 60_000, { leftMs: 10 })] };
  const due = { waits: [waitOf('sleep', null, 90_000, { leftMs: 0 })] };
  const cycles = [{ steps: [{ task: 1, waitsFor: { type: 'task', id: 1, kind: 'task', name: 'ship' } as const }] }];

  test.each<[string, number, Case]>([
    ['just before the threshold', 0, { heldMs: 59_999 }],
    ['at the threshold', 1, { heldMs: 60_000 }],
    ['for hours, and nobody waits', 0, { heldMs: 36_000_000, waiters: 0 }],
    ['by a task that has settled: that is dead-holder', 0, { heldMs: 60_000, settled: true }],
    ['by a task in a wait cycle', 0, { heldMs: 60_000, report: { cycles } }],
    ['by a task that gets on', 0, { heldMs: 599_999, holder: moving }],
    ['by a task that gets on, ten times as long', 1, { heldMs: 600_000, holder: moving }],
    ['by a task that does not get on', 1, { heldMs: 60_000, holder: still }],
    ['by a task whose wait is over as soon as the loop turns', 0, { heldMs: 90_000, holder: due }],
    ['by a task that runs now', 0, { heldMs: 60_000, holder: { state: 'running' } }],
    ['when the loop ran empty, however short', 1, { heldMs: 1, report: { process: { isDrained: true } } }],
    ['at the timeout, for less than half of the run', 0, { heldMs: 999, report: atTimeout(2000) }],
    ['at the timeout, for half of the run', 1, { heldMs: 1000, report: atTimeout(2000) }],
  ])('held %s: %i', (_, warnings, each) => {
    expect(warningsOf('long-hold', held(each))).toHaveLength(warnings);
  });

  function atTimeout(uptimeMs: number): Parameters<typeof reportOf>[0] {
    return { reason: 'timeout', process: { uptimeMs } };
  }

  test('of a semaphore is about the permit that was taken last', () => {
    const tasks = [taskOf(1, 'load 1'), taskOf(2, 'load 2')];
    const semaphore = (youngestMs: number): Report => {
      const [one, two] = tasks as [TaskEntry, TaskEntry];
      const hosts = resourceOf(
        9,
        'hosts',
        { kind: 'semaphore', permits: 2, held: 2, waiters: 1 },
        { holders: [holderOf(one, 3_600_000), holderOf(two, youngestMs)] },
      );
      const waiter = taskOf(3, 'load 3', { waits: [waitOf('acquire', hosts, 70_000)] });
      return reportOf({ tasks: [...tasks, waiter], resources: [hosts] });
    };
    expect(messagesOf('long-hold', semaphore(59_999))).toEqual([]);
    expect(messagesOf('long-hold', semaphore(60_000))).toEqual([
      'semaphore hosts is held by load 1 #1 and 1 other for 1 m, taken at src/take.ts:3, and one waits for it, for 1 m 10 s.',
    ]);
  });
});
