import { describe, expect, test } from 'vitest';
import type { LostErrorEntry } from '../../src/report/history.ts';
import { siteOf } from '../support/await-report.ts';
import { entriesOf, remembering } from '../support/rule-history.ts';
import { messagesOf, warningsOf, type reportOf } from '../support/rule-report.ts';

const mail = { kind: 'task', name: 'mail', createdAt: siteOf('src/shop.ts:12'), count: 1, lastId: 7 } as const;
const usual: LostErrorEntry = {
  task: mail,
  error: 'Error: no server',
  at: siteOf('src/mail.ts:3'),
  count: 1,
  how: 'unhandled',
  isFatal: false,
};

function lost(entry: Partial<LostErrorEntry>, fields: Parameters<typeof reportOf>[0] = {}) {
  return remembering({ lostErrors: entriesOf({ ...usual, ...entry }) }, fields);
}

describe('lost-error', () => {
  test('says what failed, where it was thrown and with what', () => {
    expect(warningsOf('lost-error', lost({}))).toEqual([
      {
        rule: 'lost-error',
        message:
          'task mail, created at src/shop.ts:12, failed at src/mail.ts:3 with Error: no server, and nobody handled it.',
        advice: 'Await the task, or give it a .catch(), or use a TaskGroup.',
        site: siteOf('src/mail.ts:3'),
        task: { id: 7, name: 'mail' },
        resource: null,
        count: 1,
        value: 1,
      },
    ]);
  });

  test.each<[string, Partial<LostErrorEntry>, Parameters<typeof reportOf>[0], string]>([
    [
      'a promise that is no task',
      { task: null },
      {},
      'A promise failed at src/mail.ts:3 with Error: no server, and nobody handled it.',
    ],
    [
      'an error without a stack, three times',
      { at: null, count: 3 },
      {},
      'task mail, created at src/shop.ts:12, failed with Error: no server, as 2 others did, and nobody handled it.',
    ],
    [
      'what ended the process',
      { isFatal: true },
      { reason: 'exit', process: { exitCode: 1 } },
      'task mail, created at src/shop.ts:12, failed at src/mail.ts:3 with Error: no server, and nobody handled it: Node ended the process for it.',
    ],
    [
      'what did not, because Node was told so',
      { isFatal: true },
      { reason: 'exit', process: { exitCode: 0 } },
      'task mail, created at src/shop.ts:12, failed at src/mail.ts:3 with Error: no server, and nobody handled it.',
    ],
    [
      'what only was waited for',
      { how: 'unasked' },
      {},
      'task mail, created at src/shop.ts:12, failed at src/mail.ts:3 with Error: no server, and its end was waited for, but nobody asked for its error.',
    ],
  ])('of %s', (_, entry, fields, message) => {
    expect(messagesOf('lost-error', lost(entry, fields))).toEqual([message]);
  });

  test('leaves what ends the process and was no task to Node', () => {
    const crash = { reason: 'exit', process: { exitCode: 1 } } as const;
    expect(messagesOf('lost-error', lost({ task: null, isFatal: true }, crash))).toEqual([]);
  });

  test.each([
    [1, 0],
    [2, 1],
  ])('of a threshold of two, %i make %i warnings', (count, warnings) => {
    expect(warningsOf('lost-error', lost({ count }), 2)).toHaveLength(warnings);
  });
});
