import { afterEach, beforeEach, expect, test } from 'vitest';
import { allTasks, createTask, Lock, Queue, sleep, type Task } from '../../src/index.ts';
import { startRegistry, type Registry } from '../../src/subscribers/registry.ts';
import { runProgram } from '../support/run-program.ts';
import { turn } from '../support/turn.ts';

beforeEach(() => startRegistry().stop());
afterEach(async () => {
  startRegistry().stop();
  await turn();
});

function pendingTask(name: string): Task {
  return createTask(async () => sleep(Infinity), { name }) as Task;
}

function names({ snapshot }: Registry): { tasks: string[]; resources: string[]; dropped: object } {
  const { tasks, resources, dropped } = snapshot();
  return { tasks: tasks.map(({ origin }) => origin.name), resources: resources.map(({ name }) => name), dropped };
}

test('it knows the pending tasks in order of creation, and the resources', async () => {
  const registry = startRegistry();
  const tasks = ['a', 'b', 'c'].map(pendingTask);
  const kept = [new Lock({ name: 'lock' }), new Queue({ name: 'queue' })];
  tasks[1]?.cancel();
  await turn();
  tasks.push(pendingTask('d'));
  expect([names(registry), allTasks().map(({ id }) => id), kept.length]).toEqual([
    { tasks: ['a', 'c', 'd'], resources: ['lock', 'queue'], dropped: { tasks: 0, resources: 0 } },
    [tasks[0]?.id, tasks[2]?.id, tasks[3]?.id],
    2,
  ]);
  for (const task of tasks) task.cancel();
});

test('one registry serves the process: a second start returns it, whatever its options', () => {
  const registry = startRegistry();
  expect(startRegistry({ maxTasks: 1 })).toBe(registry);
});

test('stop forgets everything, may be called twice, and does not stop the registry after it', async () => {
  const first = startRegistry();
  const task = pendingTask('a');
  const lock = new Lock();
  first.stop();
  const second = startRegistry();
  first.stop();
  expect([second === first, startRegistry() === second, names(first), lock.locked]).toEqual([
    false,
    true,
    { tasks: [], resources: [], dropped: { tasks: 0, resources: 0 } },
    false,
  ]);
  task.cancel();
  await turn();
});

test('tasks of a registry that was stopped do not damage the list of the next one', async () => {
  startRegistry();
  const old = ['old a', 'old b', 'old c'].map(pendingTask);
  startRegistry().stop();
  const registry = startRegistry({ maxTasks: 3 });
  const tasks = ['a', 'b'].map(pendingTask);
  for (const index of [2, 1, 0]) {
    old[index]?.cancel();
    await turn();
  }
  tasks.push(pendingTask('c'), pendingTask('d'));
  expect(names(registry)).toEqual({ tasks: ['a', 'b', 'c'], resources: [], dropped: { tasks: 1, resources: 0 } });
  for (const task of tasks) task.cancel();
});

test('what is too much is counted, and there is room again when a task settles', async () => {
  const registry = startRegistry({ maxTasks: 2 });
  const tasks = ['a', 'b'].map(pendingTask);
  const full = names(registry);
  tasks.push(pendingTask('c'));
  const over = names(registry);
  tasks[0]?.cancel();
  tasks[2]?.cancel();
  await turn();
  tasks.push(pendingTask('d'));
  expect([full, over, names(registry)]).toEqual([
    { tasks: ['a', 'b'], resources: [], dropped: { tasks: 0, resources: 0 } },
    { tasks: ['a', 'b'], resources: [], dropped: { tasks: 1, resources: 0 } },
    { tasks: ['b', 'd'], resources: [], dropped: { tasks: 1, resources: 0 } },
  ]);
  for (const task of tasks) task.cancel();
});

test('resources beyond the limit are counted', () => {
  const registry = startRegistry({ maxResources: 2 });
  const kept = ['a', 'b', 'c'].map((name) => new Lock({ name }));
  expect([names(registry), kept.length]).toEqual([
    { tasks: [], resources: ['a', 'b'], dropped: { tasks: 0, resources: 1 } },
    3,
  ]);
});

test('memory: settled tasks, chains of tasks, dropped locks and queues leave nothing behind', async () => {
  const { code, stdout, stderr } = await runProgram('memory.ts', { flags: ['--expose-gc'] });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const result = JSON.parse(stdout) as Record<string, number>;
  expect(Object.entries(result).filter(([, value]) => value > 1)).toEqual([]);
});

test('a hundred thousand pending tasks are listed and reported', async () => {
  const { code, stdout, stderr } = await runProgram('many-tasks.ts', { flags: ['--expose-gc'] });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual({
    listed: 100_000,
    reported: 100_000,
    waiters: 100_000,
    cycles: 1,
    fast: { list: true, report: true, json: true },
    small: { task: true, waiting: true },
  });
});
