import * as fc from 'fast-check';
import { inspect } from 'node:util';
import { afterEach, expect, test, vi } from 'vitest';
import { createTask, Semaphore, type Task } from '../../../src/index.ts';
import { recordMessages } from '../../support/messages.ts';
import { compareWithModel, steps } from '../../support/permit-model.ts';
import { holds } from '../../support/property-runs.ts';
import { expectNothingLeft, microtasks, rejection, turn } from '../../support/turn.ts';

afterEach(expectNothingLeft);

test('messages of three tasks which want two permits', async () => {
  const { stop } = recordMessages();
  const limit = new Semaphore(2, { name: 'downloads' });
  const tasks = ['a', 'b', 'c'].map((name) => createTask(async () => limit.run(async () => turn()), { name }));
  await microtasks(1);
  await turn();
  await turn();
  await turn();
  expect(tasks.every(({ done }) => done)).toBe(true);
  expect(stop()).toEqual([
    'semaphore downloads created',
    'task a created',
    'a holds downloads',
    'task b created',
    'b holds downloads',
    'task c created',
    'c waits to acquire downloads',
    'a released downloads',
    'c holds downloads',
    'c waited to acquire downloads',
    'task a fulfilled',
    'b released downloads',
    'task b fulfilled',
    'c released downloads',
    'task c fulfilled',
  ]);
});

test('never more than its permits run at once', async () => {
  const limit = new Semaphore(3);
  let running = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      limit.run(async () => {
        most = Math.max(most, ++running);
        await microtasks(index % 5);
        running--;
      }),
    ),
  );
  expect([most, limit.statistics()]).toEqual([3, { kind: 'semaphore', permits: 3, held: 0, waiters: 0 }]);
});

test('Semaphore(0) is locked until somebody releases, as a signal from one task to another', async () => {
  const ready = new Semaphore(0);
  expect([ready.locked, ready.tryAcquire(), ready.statistics().permits]).toEqual([true, null, 0]);
  const waiting = ready.acquire();
  ready.release();
  expect(ready.statistics()).toEqual({ kind: 'semaphore', permits: 1, held: 1, waiters: 0 });
  (await waiting).release();
  expect(ready.locked).toBe(false);
});

test('release gives back the permit of the task, else the oldest, else adds one', async () => {
  const limit = new Semaphore(2);
  const holders = (): string[] => Array.from(limit.holders(), ({ task }) => task.origin.name);
  await createTask(async () => limit.acquire(), { name: 'a' });
  await createTask(
    async () => {
      await limit.acquire();
      expect(holders()).toEqual(['a', 'b']);
      limit.release();
      expect(holders()).toEqual(['a']);
    },
    { name: 'b' },
  );
  limit.release();
  expect([holders(), limit.statistics().permits]).toEqual([[], 2]);
  limit.release();
  expect(limit.statistics()).toEqual({ kind: 'semaphore', permits: 3, held: 0, waiters: 0 });
});

test('a semaphore without a limit never waits', async () => {
  const limit = new Semaphore(Infinity);
  const permits = await Promise.all(Array.from({ length: 100 }, async () => limit.acquire()));
  expect(limit.statistics()).toEqual({ kind: 'semaphore', permits: null, held: 100, waiters: 0 });
  for (const permit of permits) permit.release();
});

/** Tasks that acquire, and write their number down. */
function acquirers(limit: Semaphore, count: number, order: number[]): Task[] {
  return Array.from({ length: count }, (_, index) =>
    createTask(async () => {
      await limit.acquire();
      order.push(index);
    }),
  );
}

test('permits go to those who wait in order of asking, however many are released at once', async () => {
  const limit = new Semaphore(0);
  const order: number[] = [];
  const tasks = acquirers(limit, 4, order);
  limit.release();
  expect(limit.statistics()).toEqual({ kind: 'semaphore', permits: 1, held: 1, waiters: 3 });
  await tasks[0];
  for (const permit of [...limit.holders()]) (permit as unknown as Disposable)[Symbol.dispose]();
  await tasks[1];
  expect(order).toEqual([0, 1]);
  for (const task of tasks) task.cancel();
  await Promise.allSettled(tasks);
  expect(limit.statistics().waiters).toBe(0);
});

test('a new acquire does not barge in between a release and the one it woke', async () => {
  const limit = new Semaphore(1);
  const order: string[] = [];
  const run = async (name: string): Promise<void> => {
    for (const round of [1, 2]) {
      await limit.acquire();
      order.push(`${name} ${round}`);
      await microtasks(3);
      limit.release();
    }
  };
  await Promise.all(['a', 'b', 'c'].map((name) => createTask(async () => run(name))));
  expect(order).toEqual(['a 1', 'b 1', 'c 1', 'a 2', 'b 2', 'c 2']);
});

test('waiters that were cancelled are passed over', async () => {
  const limit = new Semaphore(1);
  const permit = await limit.acquire();
  const order: number[] = [];
  const tasks = acquirers(limit, 4, order);
  tasks[0]?.cancel();
  tasks[1]?.cancel();
  permit.release();
  await Promise.allSettled(tasks.slice(0, 3));
  expect([order, limit.locked, limit.statistics().waiters]).toEqual([[2], true, 1]);
  tasks[3]?.cancel();
  await rejection(tasks[3] as Task);
});

test('one that is cancelled while another still runs leaves the semaphore usable', async () => {
  const limit = new Semaphore(1);
  const first = createTask(async () => {
    await limit.run(async () => turn());
    second.cancel();
  });
  const second = createTask(async () => {
    await limit.run(async () => turn());
    await turn();
    return expect.unreachable('was cancelled');
  });
  await first;
  await rejection(second);
  expect(limit.locked).toBe(false);
  (await limit.acquire()).release();
});

test('a waiter leaves by signal and timeout', async () => {
  vi.useFakeTimers();
  const limit = new Semaphore(0, { name: 'downloads' });
  const controller = new AbortController();
  const signalled = rejection(limit.acquire({ signal: controller.signal }));
  const timed = rejection(limit.run(() => expect.unreachable(), { timeout: 5 }));
  controller.abort('enough');
  vi.advanceTimersByTime(5);
  expect([await signalled, await timed, limit.statistics().waiters]).toEqual([
    'enough',
    expect.objectContaining({ message: 'acquire semaphore downloads: timed out after 5 ms' }),
    0,
  ]);
});

test('in one line it says how many permits are free, and how many wait', async () => {
  const limit = new Semaphore(2, { name: 'downloads' });
  const lines = [inspect(limit)];
  const permits = [await limit.acquire(), await limit.acquire()];
  lines.push(inspect(limit));
  const waiting = limit.run(() => {});
  lines.push(inspect(limit));
  for (const permit of permits) permit.release();
  await waiting;
  expect([...lines, limit.free, Object.isFrozen(limit.statistics())]).toEqual([
    '<Semaphore downloads unlocked, free: 2>',
    '<Semaphore downloads locked>',
    '<Semaphore downloads locked, waiters: 1>',
    2,
    true,
  ]);
});

test.each<[unknown, string]>([
  [-1, 'permits must be a number of at least 0, got -1'],
  [1.5, 'permits must be a whole number or Infinity, got 1.5'],
  [NaN, 'permits must be a number of at least 0, got NaN'],
  ['2', 'permits must be a number of at least 0, got "2"'],
  [undefined, 'permits must be a number of at least 0, got undefined'],
])('new Semaphore(%s) throws an ArgumentError', (permits, message) => {
  expect(() => new Semaphore(permits as number)).toThrow(
    expect.objectContaining({ code: 'ERR_LOOPSCOPE_ARGUMENT', message }),
  );
});

test('whatever happens in whatever order, a semaphore does what its model does', async () => {
  expect(
    await holds(
      fc.asyncProperty(fc.nat({ max: 4 }), steps, async (permits, script) =>
        compareWithModel(new Semaphore(permits), permits, script),
      ),
    ),
  ).toBe(true);
});
