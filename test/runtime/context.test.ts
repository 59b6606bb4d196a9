import { afterEach, expect, test } from 'vitest';
import { createTask, TaskGroup, type Task } from '../../src/index.ts';
import type { TaskRecord } from '../../src/channels/task.ts';
import {
  currentOrRoot,
  currentTask,
  cutSettledParents,
  nextId,
  rootTask,
  runInTask,
  setAround,
} from '../../src/runtime/context.ts';
import { park, unpark } from '../../src/runtime/wait.ts';
import { expectNothingLeft, turn } from '../support/turn.ts';

afterEach(expectNothingLeft);

function record(name: string, parent: TaskRecord | null = null, settled = false): TaskRecord {
  return {
    id: nextId(),
    origin: { kind: 'task', name, site: null },
    name,
    parent,
    createdAt: 0,
    startedAt: 0,
    settlement: settled ? { outcome: 'fulfilled', error: undefined } : null,
    waits: null,
    previous: null,
    next: null,
  };
}

test('the current task goes with awaits, timers and callbacks, and ends outside of the function', async () => {
  const seen: (string | undefined)[] = [];
  const note = (): void => void seen.push(currentTask()?.origin.name);
  const task = createTask(
    async () => {
      note();
      await turn();
      note();
      await new Promise<void>((resolve) => queueMicrotask(() => (note(), resolve())));
      setTimeout(note, 0);
      await new Promise((resolve) => void setTimeout(resolve, 1));
    },
    { name: 'a' },
  );
  note();
  await task;
  note();
  expect([seen, currentOrRoot()]).toEqual([['a', undefined, 'a', 'a', 'a', undefined], rootTask]);
});

test('what is wrapped around the run of tasks sees the task, and is taken away again', async () => {
  const seen: string[] = [];
  setAround((task, run) => {
    seen.push(`${task.origin.name} around`);
    return run();
  });
  await createTask(() => void seen.push(`${currentTask()?.origin.name} runs`), { name: 'a' });
  setAround(null);
  await createTask(() => void seen.push(`${currentTask()?.origin.name} runs`), { name: 'b' });
  expect(seen).toEqual(['a around', 'a runs', 'b runs']);
});

test('a task that settles lets go of the ancestors that settled before', () => {
  const pending = record('pending');
  const older = record('older', pending, true);
  const parent = record('parent', older, true);
  const task = record('task', parent, true);
  cutSettledParents(task);
  expect(task.parent).toBe(pending);
  const top = record('top', record('settled', null, true), true);
  cutSettledParents(top);
  expect(top.parent).toBe(null);
});

test('a chain of tasks of which each creates the next does not grow, whenever the older ones settle', async () => {
  async function chain(delayed: boolean): Promise<number> {
    const gate = Promise.withResolvers<void>();
    const { last } = await new Promise<{ last: TaskRecord }>((resolve) => {
      async function step(self: TaskRecord, left: number): Promise<void> {
        await null;
        if (left === 0) {
          resolve({ last: self }); // not the task itself: the promise would follow it
          return gate.promise;
        }
        createTask(async (next) => step(next, left - 1));
        if (delayed) await turn();
        return undefined;
      }
      createTask(async (first) => step(first, 500));
    });
    await turn();
    let length = 0;
    for (let at: TaskRecord | null = last; at !== null; at = at.parent) length++;
    gate.resolve();
    return length;
  }
  expect(await chain(false)).toBeLessThan(4);
  expect(await chain(true)).toBeLessThan(4);
});

test('a member of a group stays its member when it creates tasks that outlive it', async () => {
  let child: Task | undefined;
  await TaskGroup.run(
    async (group) => {
      group.createTask(
        async () => {
          child = createTask(async () => {
            await turn();
            await createTask(async () => turn());
          });
        },
        { name: 'member' },
      );
      await turn();
      expect(child?.parent?.origin.name).toBe('member');
    },
    { name: 'group' },
  );
  await child;
});

test('waits of a task are listed newest first and can end in any order, each once', () => {
  const task = record('task');
  runInTask(
    task,
    () => {
      const kinds = (): string[] => {
        const found: string[] = [];
        for (let wait = task.waits; wait !== null; wait = wait.older) found.push(wait.kind);
        return found;
      };
      const [first, second, third] = [park('get', null), park('put', null), park('join', null)];
      const seen = [kinds()];
      for (const wait of [second, second, third, first, third]) {
        unpark(wait);
        seen.push(kinds());
      }
      expect(seen).toEqual([['join', 'put', 'get'], ['join', 'get'], ['join', 'get'], ['get'], [], []]);
    },
    undefined,
  );
});
