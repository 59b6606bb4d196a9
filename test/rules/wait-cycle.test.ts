import { describe, expect, test } from 'vitest';
import type { LeafKind } from '../../src/report/awaits.ts';
import type { Report, TaskEntry } from '../../src/report/format.ts';
import { awaitProgram, siteOf } from '../support/await-report.ts';
import { findCycles } from '../../src/report.ts';
import { holderOf, messagesOf, reportOf, resourceOf, taskOf, waitOf, warningsOf } from '../support/rule-report.ts';

const lock = { kind: 'lock', permits: 1, held: 1, waiters: 1 } as const;

test('wait-cycle names who waits for what, at the line where the circle was closed', () => {
  const stock = resourceOf(8, 'stock', lock, { holders: [holderOf({ id: 1, name: 'ship' }, 2000)] });
  const ledger = resourceOf(9, 'ledger', lock, { holders: [holderOf({ id: 2, name: 'refund' }, 2000)] });
  const tasks = [
    taskOf(1, 'ship', { waits: [waitOf('acquire', ledger, 1900)] }),
    taskOf(2, 'refund', { waits: [waitOf('acquire', stock, 1500)] }),
  ];
  const resources = [stock, ledger];
  const cycles = findCycles(tasks, resources);
  expect(messagesOf('wait-cycle', reportOf({ tasks, resources, cycles }))).toEqual([
    '2 tasks wait for each other for 1.5 s: ship #1 waits for lock ledger, refund #2 waits for lock stock.',
  ]);
  expect(warningsOf('wait-cycle', reportOf({ tasks, resources, cycles }))[0]?.site?.line).toBe(7);
  expect(warningsOf('wait-cycle', reportOf({ tasks, resources: [] }))).toEqual([]);
});

test('wait-cycle names a task that waits for itself', () => {
  const task = taskOf(1, 'ship');
  const tasks = [{ ...task, waits: [waitOf('await', task, 90_000)] }];
  expect(messagesOf('wait-cycle', reportOf({ tasks, cycles: findCycles(tasks, []) }))).toEqual([
    'A task waits for itself for 1 m 30 s: ship #1 waits for ship #1.',
  ]);
});

test('wait-cycle names functions that await each other, once if many do', () => {
  const program = awaitProgram();
  for (let times = 0; times < 2; times++) {
    const first = program.promise();
    const last = program.call('refund', program.call('ship', first, 'ship.js:3'), 'refund.js:5');
    program.settle(first, { type: 'follows', promise: last });
  }
  expect(warningsOf('wait-cycle', reportOf({ awaits: program.report() }))).toMatchObject([
    { message: 'ship, refund await each other, so that none can go on, 2 times over.', count: 2 },
  ]);
});

test('functions without names that await each other have their lines', () => {
  const program = awaitProgram();
  const first = program.promise();
  program.settle(first, { type: 'follows', promise: program.call('', first, 'ship.js:3') });
  expect(messagesOf('wait-cycle', reportOf({ awaits: program.report() }))).toEqual([
    '(anonymous) at ship.js:3 awaits itself, so that none can go on.',
  ]);
});

describe('a queue whose running job has put another into it', () => {
  const numbers = { putters: 0, getters: 0, unfinished: 2, put: 2, taken: 1 };
  function report(drained: boolean, leaf: LeafKind | null, forMs = 1000, others: readonly TaskEntry[] = []): Report {
    const job = taskOf(2, 'mails');
    const holders = [{ task: { id: 2, name: 'mails' }, forMs, at: null, settled: false }];
    const queue = resourceOf(9, 'mails', { kind: 'queue', depth: 1, capacity: null, ...numbers }, { holders });
    const found = { type: 'leaf', detail: '', settledBy: [], verdict: 'found' } as const;
    const at = siteOf('src/mails.ts:2');
    const parked = leaf === null ? null : { at, function: 'send', leaf: { ...found, kind: leaf } };
    const inner = taskOf(3, 'mails', { waits: [waitOf('start', queue, forMs)], createdBy: { id: 2, name: 'mails' } });
    const tasks = [{ ...job, parked }, inner, ...others];
    return reportOf({ tasks, resources: [queue], process: { isDrained: drained } });
  }
  const messages = [
    'The running job of queue mails waits for one that it put into the same queue at src/wait.ts:7: ' +
      'it starts none before a running one is done.',
  ];

  test('waits for itself where nothing else can happen, or where it waits for a job', () => {
    expect(messagesOf('wait-cycle', report(true, null))).toEqual(messages);
    expect(messagesOf('wait-cycle', report(false, 'queue'))).toEqual(messages);
  });

  test('is fine where it waits for something else, or may', () => {
    const other = taskOf(4, 'log', { createdBy: { id: 2, name: 'mails' } });
    const fine = [
      report(false, 'timer'),
      report(false, null),
      report(false, 'queue', 999),
      report(true, null, 1, [other]),
    ];
    expect(fine.flatMap((each) => messagesOf('wait-cycle', each))).toEqual([]);
  });
});
