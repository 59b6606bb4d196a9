import { describe, expect, test } from 'vitest';
import type { ForgottenEntry } from '../../src/report/history.ts';
import { siteOf } from '../support/await-report.ts';
import { entriesOf, remembering } from '../support/rule-history.ts';
import { messagesOf, warningsOf } from '../support/rule-report.ts';

function forgotten(count: number): ReturnType<typeof remembering> {
  const createdAt = siteOf('src/shop.ts:12');
  const entry: ForgottenEntry = { kind: 'task', name: 'save', createdAt, createdBy: 'checkout', count, lastId: 7 };
  return remembering({ forgotten: entriesOf(entry) });
}

describe('forgotten-task', () => {
  test('says which task nobody awaited, where it was created, and by whom', () => {
    expect(warningsOf('forgotten-task', forgotten(1))).toEqual([
      {
        rule: 'forgotten-task',
        message:
          'task save, created at src/shop.ts:12, was never awaited: checkout, which created it, had ended before it did.',
        advice: 'Await it; or create it in a TaskGroup that is awaited.',
        site: siteOf('src/shop.ts:12'),
        task: { id: 7, name: 'save' },
        resource: null,
        count: 1,
        value: 1,
      },
    ]);
  });

  test('is one warning for all of one name and line', () => {
    expect(messagesOf('forgotten-task', forgotten(2000))).toEqual([
      '2,000 tasks save, created at src/shop.ts:12, were never awaited: checkout, which created them, had ended before they did.',
    ]);
  });

  test.each([
    [2, 0],
    [3, 1],
  ])('of a threshold of three, %i make %i warnings', (count, warnings) => {
    expect(warningsOf('forgotten-task', forgotten(count), 3)).toHaveLength(warnings);
  });
});
