import { describe, expect, test } from 'vitest';
import { askRules } from '../../src/rules/check.ts';
import { growingQueue } from '../../src/rules/growing-queue.ts';
import { siteOf } from '../support/await-report.ts';
import { entriesOf, remembering } from '../support/rule-history.ts';
import { warningsOf } from '../support/rule-report.ts';

const growing = [10, 20, 30, 40, 50, 60, 70, 80, 90];

function queue(depths: readonly number[], capacity: number | null = null) {
  const createdAt = siteOf('src/orders.ts:3');
  const looked = { everyMs: 500, depths, put: 8000, taken: 4000 };
  return remembering({ queues: entriesOf({ id: 9, name: 'orders', createdAt, capacity, ...looked }) });
}

describe('growing-queue', () => {
  test('says from how much to how much it grew, and how fast it is filled and emptied', () => {
    expect(warningsOf('growing-queue', queue([...growing.slice(0, -1), 1090]))).toEqual([
      {
        rule: 'growing-queue',
        message:
          'queue orders, created at src/orders.ts:3, grew from 10 to 1,090 items in 4 s, without a pause: 2,000 a ' +
          'second are put and 1,000 taken, and it has no limit.',
        advice: 'Give it a maxsize, so that put waits, or take from it with more workers.',
        site: siteOf('src/orders.ts:3'),
        task: null,
        resource: { id: 9, kind: 'queue', name: 'orders' },
        count: 1,
        value: 1090,
      },
    ]);
  });

  test.each<[string, number, ReturnType<typeof queue>]>([
    ['to one item less than the threshold', 0, queue(growing.map((depth) => depth + 9))],
    ['to the threshold', 1, queue(growing.map((depth) => depth + 10))],
    ['after it had been full and drained', 1, queue([5000, 100, ...growing.map((depth) => depth + 100)])],
    ['and stood once', 0, queue([500, 510, 520, 530, 530, 540, 550, 560, 570])],
    ['and drained by one at the end', 0, queue([500, 510, 520, 530, 535, 540, 550, 560, 559])],
    [
      'towards its capacity',
      0,
      queue(
        growing.map((depth) => depth + 10),
        1000,
      ),
    ],
  ])('a queue that grew %s: %i', (_, warnings, report) => {
    expect(warningsOf('growing-queue', report)).toHaveLength(warnings);
  });

  test('is not known of a queue that is there for less than four seconds', () => {
    const report = queue([500, 600, 700, 800, 900, 1000, 1100, 1200]);
    expect(askRules([growingQueue], report, {})).toMatchObject([
      { answer: 'unknown', reason: 'a queue was not looked at for long enough' },
    ]);
  });
});
