import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTask, gather, race, shield, sleep, TaskGroup, waitFor, type Task } from '../../../src/index.ts';
import { failAfter, follow, pass, words } from '../../support/settled.ts';
import { expectNoTimersLeft } from '../../support/turn.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(expectNoTimersLeft);

/** A function that is told of its cancellation, and needs 10 ms to clean up. */
function cleaning(log: string[]): () => Promise<void> {
  return async () => {
    try {
      await sleep(1000);
    } finally {
      log.push('cleans up');
      await sleep(10).catch((error: unknown) => log.push(words(error)));
      log.push('cleaned up');
    }
  };
}

describe('cancellations that come at once are one, and leave the clean-up in peace', () => {
  test('two calls', async () => {
    const log: string[] = [];
    const task = createTask(cleaning(log));
    await pass(0);
    expect([task.cancel(), task.cancel(), task.cancelling()]).toEqual([true, true, 2]);
    await pass(10);
    expect([log, task.cancelled]).toEqual([['cleans up', 'cleaned up'], true]);
  });

  test('a group that fails, whose body awaits one of its tasks', async () => {
    const log: string[] = [];
    const end = follow(
      TaskGroup.run(async (group) => {
        group.createTask(failAfter(5, 'no'));
        await group.createTask(cleaning(log));
      }),
    );
    await pass(15);
    expect([end.outcome, log]).toEqual(['AggregateError: 1 failure in task group group', ['cleans up', 'cleaned up']]);
  });

  test('a gather of the same task twice', async () => {
    const log: string[] = [];
    const member = createTask(cleaning(log));
    const outer = createTask(() => gather([member, member]));
    const { outcome } = follow(outer);
    await pass(0);
    outer.cancel();
    await pass(10);
    expect([outcome, log, member.cancelling()]).toEqual(['pending', ['cleans up', 'cleaned up'], 1]);
  });

  test('both sides of a timeout that is over in the turn in which its task is cancelled', async () => {
    const log: string[] = [];
    const outer = createTask(() => waitFor(cleaning(log), 5));
    setTimeout(() => {
      outer.cancel();
      outer.cancel();
    }, 4);
    const end = follow(outer);
    await pass(4);
    expect(log).toEqual(['cleans up']);
    await pass(10);
    expect(end.outcome).toBe('CancelledError');
  });

  test('a later one ends the clean-up', async () => {
    const log: string[] = [];
    const task = createTask(cleaning(log));
    await pass(0);
    task.cancel();
    await pass(0);
    task.cancel();
    await pass(0);
    expect([log, task.cancelled]).toEqual([['cleans up', 'CancelledError', 'cleaned up'], true]);
  });

  test('one of the own, after the first was caught, comes at the next wait', async () => {
    const log: string[] = [];
    const task = createTask(async (self) => {
      await sleep(1000).catch((error: unknown) => log.push(words(error)));
      self.cancel();
      await sleep(0).catch((error: unknown) => log.push(words(error)));
    });
    await pass(0);
    task.cancel();
    await pass(0);
    expect([log, task.done]).toEqual([['CancelledError', 'CancelledError'], true]);
  });
});

test('a failure that goes before a cancellation does not count it twice', async () => {
  const steps: unknown[] = [];
  const outer = createTask(async (self) => {
    await TaskGroup.run(async () => {
      await sleep(1000).catch(() => {});
      throw new Error('clean-up');
    }).catch((error: unknown) => steps.push(words(error), self.cancelling()));
    const next = await sleep(0).catch(words);
    steps.push(next, self.uncancel());
  });
  await pass(0);
  outer.cancel();
  await pass(0);
  expect([steps, outer.settlement?.outcome]).toEqual([
    ['AggregateError: 1 failure in task group group', 1, 'CancelledError', 0],
    'fulfilled',
  ]);
});

describe('whose wait has ended does not await the task any more', () => {
  const lost: [string, (task: Task) => Promise<unknown>][] = [
    ['a race that another won', (task) => race([task, sleep(5)])],
    ['a gather whose other member failed', (task) => gather([task, failAfter(5, 'no')])],
    [
      'a task that was cancelled while another awaited it too',
      async (task) => {
        const other = createTask(async () => task);
        await sleep(1);
        other.cancel();
        await other;
      },
    ],
  ];

  test.each(lost)('%s: the next is the only one, and its cancellation goes on to the task', async (_name, lose) => {
    const task = createTask(() => sleep(1000)) as Task;
    const loser = follow(lose(task));
    const first = createTask(async () => task);
    await pass(5);
    expect(loser.outcome).not.toBe('pending');
    first.cancel();
    await pass(1);
    expect([await first.catch(words), task.cancelled]).toEqual(['CancelledError', true]);
  });

  test('and so a shielded task that fails unseen is an unhandled rejection', async () => {
    const task = createTask(failAfter(10, 'lost'));
    follow(race([task, sleep(1)]));
    const outer = createTask(() => shield(task));
    await pass(5);
    outer.cancel();
    const unhandled: unknown[] = [];
    const listeners = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', (error) => unhandled.push(words(error)));
    await pass(10);
    process.removeAllListeners('unhandledRejection');
    for (const listener of listeners) process.on('unhandledRejection', listener);
    expect(unhandled).toEqual(['Error: lost']);
  });

  test('but not if what it awaits is cancelled: that is no failure', async () => {
    const awaited = createTask(() => sleep(1000));
    const outer = createTask(() => shield(async () => awaited));
    await pass(5);
    outer.cancel();
    await pass(0);
    awaited.cancel();
    await pass(0); // vitest fails when a rejection is handled by nobody
    expect([outer.cancelled, awaited.cancelled]).toEqual([true, true]);
  });
});
