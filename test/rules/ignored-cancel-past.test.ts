// ignored-cancel, of tasks that have settled; of those that are pending: test/rules/now.test.ts.
import { describe, expect, test } from 'vitest';
import { siteOf } from '../support/await-report.ts';
import { entriesOf, remembering } from '../support/rule-history.ts';
import { messagesOf } from '../support/rule-report.ts';

function ignored(maxAfterMs: number, count: number) {
  const createdAt = siteOf('src/poll.ts:3');
  return remembering({
    ignoredCancels: entriesOf({ kind: 'task', name: 'poll', createdAt, count, lastId: 7, maxAfterMs }),
  });
}

describe('ignored-cancel', () => {
  test.each([
    [29_999, 1, []],
    [30_000, 1, ['poll #7 went on for 30.0 s after being asked to cancel, and ended as if nothing had been.']],
    [
      45_000,
      3,
      ['3 tasks poll went on for 45.0 s at most after being asked to cancel, and ended as if nothing had been.'],
    ],
  ])('of those that went on for %i ms (%i of them): %j', (maxAfterMs, count, messages) => {
    expect(messagesOf('ignored-cancel', ignored(maxAfterMs, count))).toEqual(messages);
  });
});
