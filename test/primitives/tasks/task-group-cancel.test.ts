import { afterEach, expect, test } from 'vitest';
import { createTask, sleep, TaskGroup, type CancelledError } from '../../../src/index.ts';
import { expectNothingLeft, microtasks, rejection, turn } from '../../support/turn.ts';
import { waiting } from '../../support/waiting.ts';

afterEach(expectNothingLeft);

test('a task that is cancelled on its own is no failure, and the others go on', async () => {
  const result = await TaskGroup.run(async (group) => {
    const cancelled = group.createTask(async () => sleep(Infinity));
    const other = group.createTask(async () => microtasks(5).then(() => 'went on'));
    cancelled.cancel();
    return other;
  });
  expect(result).toBe('went on');
});

test('a body that ends by the cancellation of another task takes its own tasks with it', async () => {
  const log: string[] = [];
  const other = createTask(async () => sleep(Infinity), { name: 'other' });
  const running = TaskGroup.run(async (group) => {
    group.createTask(waiting(log, 'member'));
    await other;
  });
  await turn();
  other.cancel();
  expect([((await rejection(running)) as Error).message, log]).toEqual([
    `Task other #${other.id} was cancelled`,
    ['member cleaned up'],
  ]);
});

test('a cancellation from outside while joining cancels the tasks, waits for them, and goes on', async () => {
  const log: string[] = [];
  const outer = createTask(async () => {
    await TaskGroup.run(async (group) => {
      group.createTask(async () => {
        await sleep(Infinity).catch(() => {});
        await turn();
        log.push('slow clean-up');
      });
      await waiting(log, 'body')();
    });
  });
  await turn();
  outer.cancel('enough');
  const error = (await rejection(outer)) as CancelledError;
  expect([error.cause, outer.settlement?.outcome, log]).toEqual([
    'enough',
    'cancelled',
    ['body cleaned up', 'slow clean-up'],
  ]);
});

test('a failure while a cancellation cleans up is thrown, and the cancellation comes at the next wait', async () => {
  const steps: unknown[] = [];
  const outer = createTask(async () => {
    await TaskGroup.run(async () => {
      await sleep(Infinity).catch(() => {});
      throw new Error('clean-up');
    }).catch((error: AggregateError) => steps.push(error.errors));
    await sleep(0);
  });
  await turn();
  outer.cancel('enough');
  expect([((await rejection(outer)) as CancelledError).cause, steps]).toEqual(['enough', [[new Error('clean-up')]]]);
});

test('cancel ends the group: run rejects, join of a group without a body does not', async () => {
  const log: string[] = [];
  const error = await rejection(
    TaskGroup.run(
      async (group) => {
        group.createTask(waiting(log, 'member'));
        group.cancel('enough');
        await sleep(0);
      },
      { name: 'work' },
    ),
  );
  expect(error).toMatchObject({ message: 'task group work was cancelled', cause: 'enough' });

  const group = new TaskGroup();
  const member = group.createTask(waiting(log, 'other'));
  group.cancel();
  const late = group.createTask(waiting(log, 'late'));
  expect(group.signal.aborted).toBe(true);
  await group.join();
  expect([log, member.settlement?.outcome, late.settlement?.outcome]).toEqual([
    ['member cleaned up', 'other cleaned up', 'late cleaned up'],
    'cancelled',
    'cancelled',
  ]);
});
