import { expect, test } from 'vitest';
import type { Report, TaskEntry } from '../../src/report/format.ts';
import { joinAwaits } from '../../src/report/join-awaits.ts';
import { awaitProgram, siteOf } from '../support/await-report.ts';
import orderService from '../golden/order-service.json' with { type: 'json' };

const isProgram = (file: string): boolean => file.startsWith('/srv/shop/') && !file.includes('node_modules');

function task(id: number, fields: Partial<TaskEntry> = {}): TaskEntry {
  const [first] = orderService.tasks as unknown as TaskEntry[];
  return { ...(first as TaskEntry), id, name: 'load', waits: [], parked: null, ...fields };
}

function report(...tasks: readonly TaskEntry[]): Report {
  return { ...(orderService as unknown as Report), tasks, resources: [], cycles: [] };
}

const own = { task: { id: 7, name: 'load', ageMs: 10 } };

test('a task is parked at the innermost await of the program, and waits for what is below', () => {
  const program = awaitProgram();
  const leaf = program.leaf('socket', '127.0.0.1:5432', ['Pool', 'resolve()']);
  const query = program.call('Client.query', leaf, '/srv/shop/node_modules/pg/client.js:9', own);
  const load = program.call('load', query, 'load.ts:4', own);
  program.call('handle', load, 'server.ts:2', own);
  const { tasks } = joinAwaits(report(task(7), task(8)), program.report(), isProgram);
  expect(tasks.map(({ parked }) => parked)).toEqual([
    {
      at: { ...siteOf('load.ts:4'), function: expect.any(String) },
      function: 'load',
      leaf: {
        type: 'leaf',
        kind: 'socket',
        detail: '127.0.0.1:5432',
        settledBy: ['Pool', 'resolve()'],
        verdict: 'found',
      },
    },
    null,
  ]);
});

test('a task that awaits a function of another task is parked there, with no leaf of its own', () => {
  const program = awaitProgram();
  const other = program.call('ship', program.leaf('timer'), 'ship.ts:3', { task: { id: 8, name: 'ship', ageMs: 5 } });
  program.call('load', program.join('all', [other]), 'load.ts:4', own);
  const { tasks } = joinAwaits(report(task(7), task(8)), program.report(), isProgram);
  expect(tasks.map(({ parked }) => [parked?.at.file, parked?.leaf?.kind])).toEqual([
    ['/srv/shop/load.ts', undefined],
    ['/srv/shop/ship.ts', 'timer'],
  ]);
});

test('a wait without a place gets that of the await; one with a place keeps it', () => {
  const program = awaitProgram();
  program.call('load', program.leaf('lock'), 'load.ts:4', own);
  const wait = { kind: 'acquire', on: null, forMs: 3, leftMs: null, at: null } as const;
  const joined = (at: TaskEntry['waits'][number]['at']): unknown =>
    joinAwaits(report(task(7, { waits: [{ ...wait, at }] })), program.report(), isProgram).tasks[0]?.waits[0]?.at;
  expect(joined(null)).toMatchObject({ file: '/srv/shop/load.ts', line: 4 });
  expect(joined(siteOf('known.ts:1'))).toEqual(siteOf('known.ts:1'));
});

test('functions that await each other in a circle end the search', () => {
  const program = awaitProgram();
  const first = program.promise({ type: 'leaf', kind: 'unknown', detail: '', settledBy: [], verdict: 'unknown' });
  const second = program.call('one', first, 'one.ts:1', own);
  const third = program.call('two', second, 'two.ts:1', own);
  program.settle(first, { type: 'follows', promise: third });
  const { tasks } = joinAwaits(report(task(7)), program.report(), isProgram);
  expect(tasks[0]?.parked?.at.file).toMatch(/\/(one|two)\.ts$/);
});
