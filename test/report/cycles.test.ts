import { afterEach, expect, test } from 'vitest';
import { createTask, Lock, Queue, Semaphore, sleep, takeReport, TaskGroup, type Task } from '../../src/index.ts';
import { expectNothingLeft, rejection, turn } from '../support/turn.ts';

const tasks: Task[] = [];

afterEach(async () => {
  for (const task of tasks.splice(0)) {
    task.cancel();
    await rejection(task);
  }
  await expectNothingLeft();
});

function start(name: string, run: () => Promise<unknown>): Task {
  const task = createTask<unknown>(run, { name });
  tasks.push(task);
  return task;
}

/** Takes one after the other, with a turn in between, and never gives back. */
async function take(...wanted: (Lock | Semaphore)[]): Promise<void> {
  for (const each of wanted) {
    await each.acquire();
    await turn();
  }
  await sleep(Infinity);
}

/** The cycles in words: `a → lock one → b → lock two →`. */
async function cyclesNow(): Promise<string[]> {
  await turn();
  await turn();
  const { cycles, tasks: entries } = takeReport();
  const names = new Map(entries.map(({ id, name }) => [id, name]));
  return cycles.map(({ steps }) =>
    steps.map(({ task, waitsFor: { kind, name } }) => `${names.get(task)} → ${kind} ${name} →`).join(' '),
  );
}

test('two tasks which take two locks in opposite order', async () => {
  const [one, two] = [new Lock({ name: 'one' }), new Lock({ name: 'two' })];
  start('a', async () => take(one, two));
  start('b', async () => take(two, one));
  expect(await cyclesNow()).toEqual(['a → lock two → b → lock one →']);
});

test('three tasks in a circle, with a tail that leads into it and is no part of it', async () => {
  const [one, two, three, four] = ['one', 'two', 'three', 'four'].map((name) => new Lock({ name })) as [
    Lock,
    Lock,
    Lock,
    Lock,
  ];
  start('tail 1', async () => take(four, one));
  start('a', async () => take(one, two));
  start('b', async () => take(two, three));
  start('c', async () => take(three, one));
  start('tail 2', async () => take(four));
  start('tail 3', async () => tasks[4]);
  expect(await cyclesNow()).toEqual(['a → lock two → b → lock three → c → lock one →']);
});

test('a task that awaits itself, and one that acquires a lock which it holds', async () => {
  start('a', async () => {
    await null;
    await tasks[0];
  });
  const lock = new Lock({ name: 'one' });
  start('b', async () => take(lock, lock));
  expect(await cyclesNow()).toEqual(['a → task a →', 'b → lock one →']);
});

test('tasks which await each other, and a mixture of awaits and locks', async () => {
  start('a', async () => {
    await null;
    await tasks[1];
  });
  start('b', async () => tasks[0]);
  const lock = new Lock({ name: 'one' });
  start('c', async () => {
    await lock.acquire();
    await tasks[3];
  });
  start('d', async () => lock.acquire());
  expect(await cyclesNow()).toEqual(['a → task b → b → task a →', 'c → task d → d → lock one →']);
});

test('a semaphore of which one holder can go on is no cycle', async () => {
  const [limit, lock] = [new Semaphore(2, { name: 'limit' }), new Lock({ name: 'one' })];
  start('other', async () => take(limit));
  start('a', async () => take(limit, lock));
  start('b', async () => take(lock, limit));
  expect(await cyclesNow()).toEqual([]);
});

test('a semaphore of which both holders wait for the same lock is a cycle', async () => {
  const [limit, lock] = [new Semaphore(2, { name: 'limit' }), new Lock({ name: 'one' })];
  start('a', async () => take(limit, lock));
  start('b', async () => take(limit, lock));
  start('c', async () => take(lock, limit));
  expect(await cyclesNow()).toEqual(['a → lock one → c → semaphore limit →']);
});

test('the root task is never in a cycle', async () => {
  const [one, two] = [new Lock({ name: 'one' }), new Lock({ name: 'two' })];
  const permit = await one.acquire();
  start('a', async () => take(two, one));
  await turn();
  const controller = new AbortController();
  const waiting = rejection(two.acquire({ signal: controller.signal }));
  expect(await cyclesNow()).toEqual([]);
  controller.abort();
  await waiting;
  permit.release();
});

test('a group waits for all of its tasks: the circle goes through it', async () => {
  const lock = new Lock({ name: 'one' });
  start('a', async () => {
    await lock.acquire();
    await TaskGroup.run(async (group) => void group.createTask(async () => lock.acquire(), { name: 'member' }), {
      name: 'work',
    });
  });
  start('self', async () =>
    TaskGroup.run(async (group) => createTask(async () => group.join(), { name: 'helper' }), { name: 'group' }),
  );
  expect(await cyclesNow()).toEqual([
    'a → group work → work → task member → member → lock one →',
    'group → task group body → group body → task helper → helper → group group →',
  ]);
});

test('a task that a member of a group left behind is no member of it', async () => {
  const lock = new Lock({ name: 'one' });
  start('a', async () => {
    await lock.acquire();
    await TaskGroup.run(
      async (group) => {
        group.createTask(
          async () => {
            start('left behind', async () => {
              await turn();
              start('its child', async () => sleep(Infinity));
              await lock.acquire();
            });
          },
          { name: 'member' },
        );
        await sleep(Infinity);
      },
      { name: 'work' },
    );
  });
  expect(await cyclesNow()).toEqual([]);
});

test('a wait for a queue, a sleep or a lock of a settled task is no part of a cycle', async () => {
  const [one, two] = [new Lock({ name: 'one' }), new Lock({ name: 'two' })];
  const queue = new Queue({ name: 'queue' });
  start('a', async () => {
    await one.acquire();
    await queue.get();
  });
  start('b', async () => take(one));
  await createTask(async () => two.acquire(), { name: 'leaks' });
  start('c', async () => take(two));
  expect(await cyclesNow()).toEqual([]);
});
