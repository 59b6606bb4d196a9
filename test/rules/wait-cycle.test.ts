import { expect, test } from 'vitest';
import { awaitProgram } from '../support/await-report.ts';
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
