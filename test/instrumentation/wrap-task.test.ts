import { expect, test } from 'vitest';
import { taskSettled, type TaskRecord } from '../../src/channels/task.ts';
import { currentTask, takeReport, wrapTask } from '../../src/index.ts';
import { setAround } from '../../src/runtime/context.ts';
import { microtasks, turn } from '../support/turn.ts';
import { filesOfSites, lineHere, pending, unhandledIn } from './pending.ts';

test('a wrapped function keeps its name, length, members and this', () => {
  const original = Object.assign(
    function sum(this: { base: number }, a: number, b: number) {
      return this.base + a + b;
    },
    { unit: 'ms' },
  );
  const wrapped = wrapTask(original);
  expect([wrapped.name, wrapped.length, wrapped.unit]).toEqual(['sum', 2, 'ms']);
  expect(wrapped.call({ base: 1 }, 2, 3)).toBe(6);
});

test('each call is a task with its call site until its promise settles, and a call inside it is its child', async () => {
  const gate = Promise.withResolvers<string>();
  const inner = wrapTask(() => gate.promise, { name: 'inner' });
  const outer = wrapTask(async function outer() {
    return inner();
  });
  const line = lineHere() + 1;
  const result = outer();
  expect(await pending()).toEqual(['task outer: pending', 'task inner by outer: pending']);
  const report = takeReport();
  expect(report.tasks[0]?.createdAt?.line).toBe(line);
  expect(filesOfSites(report)).toEqual([import.meta.filename]);
  gate.resolve('done');
  expect(await result).toBe('done');
  expect(await pending()).toEqual([]);
});

test('what a call returns and throws at once is unchanged', async () => {
  const value = {};
  const error = new Error('at once');
  expect(wrapTask(() => value)()).toBe(value);
  expect(
    wrapTask(() => {
      throw error;
    }),
  ).toThrow(error);
  expect(await pending()).toEqual([]);
});

test('inside a call its task is the current one, also after an await', async () => {
  const names = await wrapTask(
    async () => {
      const before = currentTask()?.origin.name;
      await turn();
      return [before, currentTask()?.origin.name];
    },
    { name: 'self' },
  )();
  expect(names).toEqual(['self', 'self']);
});

test('a rejection that nobody handles is unhandled with and without the wrap, and a handled one is not', async () => {
  const fail = async (reason: string): Promise<never> => {
    throw new Error(reason);
  };
  const program = (run: typeof fail) => async () => {
    void run('lost');
    await expect(run('caught')).rejects.toThrow('caught');
  };
  expect(await unhandledIn(program(fail))).toEqual([new Error('lost')]);
  expect(await unhandledIn(program(wrapTask(fail)))).toEqual([new Error('lost')]);
});

test('a promise with members of its own, or of a subclass, stays the same object and ends its task', async () => {
  class Query extends Promise<number> {}
  const gate = Promise.withResolvers<number>();
  const child = Object.assign(gate.promise, { kill: () => true });
  const query = new Query((resolve) => {
    resolve(gate.promise);
  });
  expect(wrapTask(() => child, { name: 'child' })()).toBe(child);
  expect(wrapTask(() => query, { name: 'query' })()).toBe(query);
  expect(await pending()).toEqual(['task child: pending', 'task query: pending']);
  gate.resolve(1);
  expect(await pending()).toEqual([]);
});

test('a lazy thenable is returned as it is and not started', async () => {
  let started = 0;
  // oxlint-disable-next-line unicorn/no-thenable -- as the query builders have it
  const lazy = { then: () => void started++ };
  expect(wrapTask(() => lazy)()).toBe(lazy);
  expect(await pending()).toEqual([]);
  expect(started).toBe(0);
});

test('a foreign timeout is an outcome of its own, and so is an abort', async () => {
  const outcomes: (string | undefined)[] = [];
  const note = (task: TaskRecord): void => void outcomes.push(task.settlement?.outcome);
  taskSettled.subscribe(note);
  const run = wrapTask(async (error?: unknown) => {
    if (error !== undefined) throw error;
  });
  await Promise.allSettled([
    run(),
    run(new DOMException('late', 'TimeoutError')),
    run(AbortSignal.abort().reason),
    run(7),
  ]);
  taskSettled.unsubscribe(note);
  expect(outcomes).toEqual(['fulfilled', 'timed out', 'cancelled', 'rejected']);
});

test('the order in which calls settle is that of the program', async () => {
  const program = async (wrap: <Run extends () => Promise<void>>(run: Run) => Run): Promise<string[]> => {
    const order: string[] = [];
    const steps = (name: string, count: number) =>
      wrap(async () => {
        for (let step = 0; step < count; step++) {
          await microtasks(1);
          order.push(`${name}${step}`);
        }
      });
    await Promise.all(
      [steps('a', 3)(), steps('b', 1)(), steps('c', 2)()].map((each, index) =>
        each.then(() => order.push(`end ${index}`)),
      ),
    );
    return order;
  };
  const identity = <Run>(run: Run): Run => run;
  const bare = await program(identity);
  const wrapped = await program(wrapTask);
  const ends = (order: string[]): string[] => order.filter((entry) => entry.startsWith('end'));
  expect(ends(wrapped)).toEqual(ends(bare));
  expect(wrapped.filter((entry) => !entry.startsWith('end'))).toEqual(bare.filter((entry) => !entry.startsWith('end')));
});

test('if what surrounds a task fails, the function is called all the same', async () => {
  setAround(() => {
    throw new Error('a broken surrounding, made by a test');
  });
  try {
    let calls = 0;
    const run = wrapTask(async () => ++calls);
    expect([await run(), await run()]).toEqual([1, 2]);
  } finally {
    setAround(null);
  }
  expect(await pending()).toEqual([]);
});

test('what is no function cannot be wrapped', () => {
  expect(() => wrapTask('run' as never)).toThrow('the function to wrap must be a function, got "run"');
  expect(() => wrapTask(() => 1, { name: 1 as never })).toThrow('name must be a string, got 1');
  expect(() => wrapTask(() => 1, 'load' as never)).toThrow('options must be an object, got "load"');
});
