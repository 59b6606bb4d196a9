// Whatever the process does meanwhile: nothing, much, or nothing any more.
import { expect, test } from 'vitest';
import { readByCommand, tryProgram, type Setting } from './trial.ts';

test.each<[string, Setting]>([
  ['http-server.mjs', {}],
  ['large-table.mjs', {}],
  ['blocked.mjs', {}],
  ['busy.mjs', {}],
  ['collecting.mjs', { flags: ['--expose-gc'] }],
  ['tasks.ts', {}],
])('every await of %s is found, and none is invented', async (program, setting) => {
  expect((await tryProgram(program, setting)).wrong).toEqual([]);
});

test('every thread is read, and the functions of each are told apart', async () => {
  const { report, wrong } = await tryProgram('workers.mjs');
  expect(wrong).toEqual([]);
  expect(report.threads[0]?.name).toBe('main');
  expect(report.threads).toHaveLength(3);
  const threads = report.functions
    .filter(({ name }) => name === 'deep')
    .map(({ thread }) => thread)
    .toSorted((a, b) => a - b);
  expect(threads).toEqual([0, 1, 2]);
  expect(report.functions.find(({ name }) => name === 'onlyInMain')?.thread).toBe(0);
});

test('the functions of a program that uses loopscope have the names of their tasks', async () => {
  const { report } = await tryProgram('tasks.ts');
  const tasks = report.functions
    .filter(({ at }) => at?.file.endsWith('tasks.ts'))
    .map(({ name, task }) => `${name}: ${task?.name}`);
  expect(tasks.toSorted()).toEqual([
    'handle: request',
    'hold: holder',
    'importOrders: import',
    'importOrders: import 1',
    'importOrders: import 2',
    'ship: shipping',
  ]);
});

test.each(['http-server.mjs', 'combinators.mjs'])('the command line says the same of %s', async (program) => {
  expect((await tryProgram(program, { read: readByCommand })).wrong).toEqual([]);
});
