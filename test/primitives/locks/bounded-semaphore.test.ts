import * as fc from 'fast-check';
import { inspect } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { BoundedSemaphore, createTask, Semaphore } from '../../../src/index.ts';
import { recordMessages } from '../../support/messages.ts';
import { compareWithModel, steps } from '../../support/permit-model.ts';
import { holds } from '../../support/property-runs.ts';
import { expectNothingLeft, microtasks } from '../../support/turn.ts';

afterEach(expectNothingLeft);

test('messages of two tasks which want one permit', async () => {
  const { stop } = recordMessages();
  const limit = new BoundedSemaphore(1, { name: 'connections' });
  const tasks = ['a', 'b'].map((name) => createTask(async () => limit.run(async () => microtasks(1)), { name }));
  await microtasks(20);
  expect(tasks.every(({ done }) => done)).toBe(true);
  expect(stop()).toEqual([
    'semaphore connections created',
    'task a created',
    'a holds connections',
    'task b created',
    'b waits to acquire connections',
    'a released connections',
    'b holds connections',
    'b waited to acquire connections',
    'task a fulfilled',
    'b released connections',
    'task b fulfilled',
  ]);
});

test('a release too many is an error, and changes nothing', async () => {
  const limit = new BoundedSemaphore(2, { name: 'connections' });
  const error = expect.objectContaining({
    code: 'ERR_LOOPSCOPE_STATE',
    message: 'semaphore connections is released more often than it was acquired: all of its 2 permits are free',
  }) as Error;
  expect(() => limit.release()).toThrow(error);
  await limit.acquire();
  limit.release();
  expect(() => limit.release()).toThrow(error);
  expect(limit.statistics()).toEqual({ kind: 'semaphore', permits: 2, held: 0, waiters: 0 });
});

test('a permit that is released twice is no release too many', async () => {
  const limit = new BoundedSemaphore(1);
  const permit = await limit.acquire();
  permit.release();
  permit.release();
  expect(limit.free).toBe(1);
});

test('it is a semaphore, and says so in one line', () => {
  const limit = new BoundedSemaphore(3, { name: 'connections' });
  expect([limit instanceof Semaphore, limit.kind, inspect(limit)]).toEqual([
    true,
    'semaphore',
    '<BoundedSemaphore connections unlocked, free: 3>',
  ]);
});

test.each([-1, 1.5, '2'])('new BoundedSemaphore(%s) throws an ArgumentError', (permits) => {
  expect(() => new BoundedSemaphore(permits as number)).toThrow(
    expect.objectContaining({ code: 'ERR_LOOPSCOPE_ARGUMENT' }) as Error,
  );
});

test('whatever happens in whatever order, a bounded semaphore does what its model does', async () => {
  expect(
    await holds(
      fc.asyncProperty(fc.nat({ max: 4 }), steps, async (permits, script) =>
        compareWithModel(new BoundedSemaphore(permits), permits, script),
      ),
    ),
  ).toBe(true);
});
