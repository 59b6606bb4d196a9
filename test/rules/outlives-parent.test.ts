import { expect, test } from 'vitest';
import type { TaskEntry } from '../../src/report/format.ts';
import { siteOf } from '../support/await-report.ts';
import { messagesOf, reportOf, resourceOf, taskOf, waitOf } from '../support/rule-report.ts';

const event = resourceOf(900, 'mail server', { kind: 'lock', permits: 1, held: 1, waiters: 1 });

/** So many tasks of one place whose creators have settled. */
function orphans(count: number, fields: Partial<TaskEntry> = {}): TaskEntry[] {
  return Array.from({ length: count }, (_, index) =>
    taskOf(100 + index, 'send mail', {
      createdBy: { id: 1 + index, name: 'POST /orders' },
      ageMs: 10_000 + index,
      waits: [waitOf('acquire', event, 100)],
      ...fields,
    }),
  );
}

test('outlives-parent says how many there are, since when, and who created them', () => {
  expect(messagesOf('outlives-parent', reportOf({ tasks: orphans(10) }))).toEqual([
    '10 tasks send mail are pending, the first for 10.0 s, although the tasks that created them (POST /orders) have settled; no task awaits them.',
  ]);
});

test.each<[string, TaskEntry[]]>([
  ['there are few', orphans(9)],
  ['they are young', orphans(20, { ageMs: 9999 })],
  ['their creator is pending', [...orphans(20, { createdBy: { id: 5, name: 'main' } }), taskOf(5, 'main')]],
  ['they were created outside of tasks', orphans(20, { createdBy: { id: 0, name: '(main)' } })],
  ['they wait as workers do', orphans(20, { waits: [waitOf('get', event, 100)] })],
  ['nobody knows what they wait for', orphans(20, { waits: [] })],
  [
    'they are sessions on sockets',
    orphans(20, {
      waits: [],
      parked: {
        at: siteOf('src/session.ts:4'),
        function: 'session',
        leaf: { type: 'leaf', kind: 'socket', detail: '', settledBy: [], verdict: 'found' },
      },
    }),
  ],
  [
    'somebody awaits them',
    [...orphans(20), taskOf(5, 'flush', { waits: orphans(20).map((task) => waitOf('await', task, 1)) })],
  ],
])('outlives-parent is quiet where %s', (_, tasks) => {
  expect(messagesOf('outlives-parent', reportOf({ tasks }))).toEqual([]);
});
