import * as fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { createTask, Semaphore } from '../../src/index.ts';
import { recordMessages } from '../support/messages.ts';
import { compareWithModel, steps } from '../support/permit-model.ts';
import { expectNothingLeft, microtasks, turn } from '../support/turn.ts';

afterEach(async () => {
  vi.useRealTimers();
  await expectNothingLeft();
});

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
  vi.useFakeTimers();
  await expect(
    fc.assert(
      fc.asyncProperty(fc.nat({ max: 4 }), steps, async (permits, script) =>
        compareWithModel(new Semaphore(permits), permits, script),
      ),
      { numRuns: 1000 },
    ),
  ).resolves.toBe(undefined);
});
