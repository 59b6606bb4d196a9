import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { findCycles } from '../../src/report/cycles.ts';
import type { ResourceEntry, TaskEntry, WaitEntry } from '../../src/report/format.ts';

function task(id: number, waits: WaitEntry[] = []): TaskEntry {
  return {
    id,
    name: `task ${id}`,
    kind: 'task',
    state: 'waiting',
    ageMs: 0,
    started: true,
    createdBy: null,
    createdAt: null,
    waits,
    progress: null,
    parked: null,
  };
}

function waitFor(type: 'task' | 'resource', id: number): WaitEntry {
  const on = { type, id, kind: type === 'task' ? ('task' as const) : ('semaphore' as const), name: `${type} ${id}` };
  return { kind: type === 'task' ? 'await' : 'acquire', on, forMs: 0, leftMs: null, at: null };
}

function semaphore(id: number, holders: readonly number[]): ResourceEntry {
  return {
    id,
    kind: 'semaphore',
    name: `resource ${id}`,
    ageMs: 0,
    createdAt: null,
    lastTaker: null,
    statistics: { kind: 'semaphore', permits: holders.length, held: holders.length, waiters: 0 },
    holders: holders.map((holder) => ({
      task: { id: holder, name: `task ${holder}` },
      forMs: 0,
      at: null,
      settled: false,
    })),
  };
}

function stepsOf(entries: TaskEntry[], resources: ResourceEntry[] = []): number[][] {
  return findCycles(entries, resources).map(({ steps }) => steps.map((step) => step.task));
}

test('of a task with two waits that are stuck in two circles, both circles are found', () => {
  expect(
    stepsOf([
      task(1, [waitFor('task', 3), waitFor('task', 2)]),
      task(2, [waitFor('task', 1)]),
      task(3, [waitFor('task', 4)]),
      task(4, [waitFor('task', 3)]),
    ]),
  ).toEqual([
    [1, 2],
    [3, 4],
  ]);
});

test('the shortest circle through the oldest task stands for a knot', () => {
  expect(
    stepsOf([
      task(1, [waitFor('task', 2)]),
      task(2, [waitFor('task', 3), waitFor('task', 4)]),
      task(3, [waitFor('task', 5)]),
      task(4, [waitFor('task', 1)]),
      task(5, [waitFor('task', 1)]),
    ]),
  ).toEqual([[1, 2, 4]]);
});

test('a hundred thousand tasks in a line, a chain, a circle and at a semaphore with a thousand permits take linear time', () => {
  const count = 100_000;
  const ids = Array.from({ length: count }, (_, index) => index + 1);
  const start = process.cpuUsage();
  const line = stepsOf(
    ids.map((id) => task(id, id === 1 ? [] : [waitFor('resource', -1)])),
    [semaphore(-1, [1])],
  );
  const chain = stepsOf(ids.map((id) => task(id, id === count ? [] : [waitFor('task', id + 1)])));
  const circle = stepsOf(ids.map((id) => task(id, [waitFor('task', id === count ? 1 : id + 1)])));
  const many = stepsOf(
    ids.map((id) => task(id, [waitFor('resource', -1)])),
    [semaphore(-1, ids.slice(0, 1000))],
  );
  const { user } = process.cpuUsage(start); // microseconds
  expect([line, chain, circle.map(({ length }) => length), many, user < 10e6]).toEqual([[], [], [count], [[1]], true]);
});

test('whatever the graph, a circle is found exactly where tasks can never go on', () => {
  const taskCount = 8;
  const id = fc.integer({ min: 1, max: taskCount });
  const graph = fc.record({
    waits: fc.array(
      fc.array(
        fc.oneof(
          id.map((on) => waitFor('task', on)),
          fc.integer({ min: 101, max: 104 }).map((on) => waitFor('resource', on)),
        ),
        {
          maxLength: 2,
        },
      ),
      { minLength: taskCount, maxLength: taskCount },
    ),
    holders: fc.array(fc.array(fc.integer({ min: 0, max: taskCount + 1 }), { maxLength: 3 }), {
      minLength: 4,
      maxLength: 4,
    }),
  });
  fc.assert(
    fc.property(graph, ({ waits, holders }) => {
      const entries = waits.map((each, index) => task(index + 1, each));
      const resources = holders.map((each, index) => semaphore(101 + index, each));
      // The definition, word for word: nobody goes on who does not have to be able to.
      const free = new Set([0, taskCount + 1]);
      const by = ({ on }: WaitEntry): number[] =>
        on?.type === 'task' ? [on.id] : (holders[(on?.id ?? 0) - 101] ?? []);
      const canEnd = (wait: WaitEntry): boolean => by(wait).length === 0 || by(wait).some((each) => free.has(each));
      for (let before = -1; before !== free.size;) {
        before = free.size;
        for (const entry of entries) if (entry.waits.every(canEnd)) free.add(entry.id);
      }
      const cycles = findCycles(entries, resources);
      expect(cycles.length > 0).toBe(free.size < taskCount + 2);
      for (const { steps } of cycles) {
        for (const [index, step] of steps.entries()) {
          const next = steps[(index + 1) % steps.length]?.task ?? 0;
          const wait = entries[step.task - 1]?.waits.find(
            ({ on }) => on === step.waitsFor || on?.id === step.waitsFor.id,
          );
          expect([free.has(step.task), wait !== undefined && by(wait).includes(next)]).toEqual([false, true]);
        }
        expect(new Set(steps.map((step) => step.task)).size).toBe(steps.length);
      }
    }),
    { numRuns: 3000 },
  );
});
