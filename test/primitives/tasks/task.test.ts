import { inspect } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { createTask, currentTask, Queue, TimeoutError, type Task } from '../../../src/index.ts';
import type { TaskRecord } from '../../../src/channels/task.ts';
import { recordMessages } from '../../support/messages.ts';
import { runProgram } from '../../support/run-program.ts';
import { expectNothingLeft, microtasks, rejection, turn } from '../../support/turn.ts';

afterEach(expectNothingLeft);

test('inside its function a task is the current task, before and after an await', async () => {
  const task = createTask(
    async (self) => {
      const seen = [currentTask(), self];
      await null;
      return [...seen, currentTask()].map((each) => each?.id);
    },
    { name: 'self' },
  );
  expect(await task).toEqual([task.id, task.id, task.id]);
  expect(currentTask()).toBe(null);
  expect(task.origin.site?.file).toContain('task.test.ts');
  expect(task.origin.site?.line).toBe(12);
});

test('an eager task runs at once, a scheduled one on the next microtask', async () => {
  const order: string[] = [];
  const eager = createTask(async () => order.push('eager'));
  const scheduled = createTask(async () => order.push('scheduled'), { eager: false });
  order.push('caller');
  expect(scheduled.startedAt).toBe(null);
  expect(eager.startedAt).toBe(eager.createdAt);
  await Promise.all([eager, scheduled]);
  expect(order).toEqual(['eager', 'caller', 'scheduled']);
  expect(scheduled.startedAt).toBeGreaterThanOrEqual(scheduled.createdAt);
});

test('messages of an eager and of a scheduled task, and of the wait for one', async () => {
  const { stop } = recordMessages();
  const child = createTask(async () => microtasks(3), { name: 'child', eager: false });
  await createTask(async () => child, { name: 'parent' });
  expect(stop()).toEqual([
    'task child created',
    'task parent created',
    'task child started',
    'parent waits to await child',
    '(main) waits to await parent',
    'task child fulfilled',
    'parent waited to await child',
    'task parent fulfilled',
    '(main) waited to await parent',
  ]);
});

test('a result is handed on by await, then, catch, finally and Promise.all, and a value at once by a settled task', async () => {
  const failure = new Error('no');
  const good = createTask(async () => 'value');
  const bad = createTask(async () => {
    await null;
    throw failure;
  });
  const calls: string[] = [];
  const results = await Promise.allSettled([
    good,
    good.then((value) => `${value}!`),
    good.catch(() => 'unused'),
    good.finally(() => void calls.push('finally good')),
    bad,
    bad.then(() => 'unused'),
    bad.catch((error: unknown) => ['caught', error]),
    bad.finally(() => void calls.push('finally bad')),
    Promise.all([good, bad]),
  ]);
  expect(results).toEqual([
    { status: 'fulfilled', value: 'value' },
    { status: 'fulfilled', value: 'value!' },
    { status: 'fulfilled', value: 'value' },
    { status: 'fulfilled', value: 'value' },
    { status: 'rejected', reason: failure },
    { status: 'rejected', reason: failure },
    { status: 'fulfilled', value: ['caught', failure] },
    { status: 'rejected', reason: failure },
    { status: 'rejected', reason: failure },
  ]);
  expect(calls).toEqual(['finally good', 'finally bad']);
  expect(await good).toBe('value');
  expect(await rejection(bad)).toBe(failure);
});

test('an eager function may be synchronous, throw, or return a thenable', async () => {
  expect(await createTask(() => 1)).toBe(1);
  // oxlint-disable-next-line unicorn/no-thenable -- a foreign thenable is what is tested
  const thenable = { then: (resolve: (value: number) => void) => resolve(2) } as PromiseLike<number>;
  expect(await createTask(() => thenable)).toBe(2);
  const thrown = createTask(() => {
    throw new RangeError('at once');
  });
  expect(thrown.done).toBe(true);
  expect(await rejection(thrown)).toEqual(new RangeError('at once'));
});

test('outcomes: fulfilled, rejected, cancelled, timed out; somebody else’s cancellation is a rejection', async () => {
  const queue = new Queue();
  const tasks = [
    createTask(async () => 1),
    createTask(async () => Promise.reject(new Error('no'))),
    createTask(async () => queue.get()),
    createTask(async () => Promise.reject(new TimeoutError('late'))),
    createTask(async () => tasks[2]),
  ] as Task[];
  tasks[2]?.cancel();
  await Promise.allSettled(tasks);
  expect(tasks.map(({ settlement }) => settlement?.outcome)).toEqual([
    'fulfilled',
    'rejected',
    'cancelled',
    'timed out',
    'rejected',
  ]);
});

test('a task says what it is in one line', async () => {
  const task = createTask(async () => microtasks(1), { name: 'load' });
  const pending = inspect(task);
  await task;
  expect([pending, inspect(task), String(task)]).toEqual([
    `<Task load #${task.id} pending>`,
    `<Task load #${task.id} fulfilled>`,
    '[object Task]',
  ]);
});

test('a function can hang a finally on its own task before it returns', async () => {
  const calls: string[] = [];
  const task = createTask((self) => {
    self.finally(() => void calls.push('after'));
    return 'value';
  });
  expect(await task).toBe('value');
  await turn();
  expect(calls).toEqual(['after']);
});

test('two awaits of a task that fails are two rejections, both handled', async () => {
  const task = createTask(async () => Promise.reject(new Error('no')));
  expect((await Promise.allSettled([task, task])).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

test('a pending task keeps who created it; a settled one keeps its nearest ancestor that was pending', async () => {
  const seen: (string | undefined)[] = [];
  const names = (task: TaskRecord | null): void => void seen.push(task?.parent?.origin.name);
  let release = (): void => {};
  const gate = new Promise<void>((resolve) => (release = resolve));
  let inner: Task<void> | undefined;
  const outer = createTask(
    async () => {
      createTask(
        async () => {
          inner = createTask(async () => gate, { name: 'inner' });
        },
        { name: 'middle' },
      );
      await gate;
    },
    { name: 'outer' },
  );
  await turn();
  names(inner ?? null);
  release();
  await outer;
  await turn();
  names(inner ?? null);
  expect(seen).toEqual(['middle', undefined]);
});

test('a rejection that nobody handles is reported once; of a cancelled task nobody misses anything', async () => {
  const { code, stdout, stderr } = await runProgram('unhandled.ts');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.trim().split('\n')).toEqual([
    'eager at once',
    'eager after an await',
    'scheduled',
    'thrown by a finally of a cancelled task',
    'then without catch',
  ]);
});
