import { afterEach, expect, test } from 'vitest';
import { createTask, Queue, sleep, TaskGroup, type Task } from '../../../src/index.ts';
import { recordMessages } from '../../support/messages.ts';
import { expectNothingLeft, rejection, turn } from '../../support/turn.ts';
import { waiting } from '../../support/waiting.ts';

afterEach(expectNothingLeft);

test('messages of a group with one task', async () => {
  const { stop } = recordMessages();
  const result = await TaskGroup.run(
    async (group) => group.createTask(async () => turn(), { name: 'member' }).then(() => 'result'),
    { name: 'work' },
  );
  await turn();
  expect([result, stop()]).toEqual([
    'result',
    [
      'group work created',
      'task work body created',
      'task member created',
      'work body waits to await member',
      '(main) waits to join work',
      'task member fulfilled',
      'work body waited to await member',
      'task work body fulfilled',
      '(main) waited to join work',
      'group work fulfilled',
    ],
  ]);
});

test('the group is the parent of its tasks, and the task which made it is the parent of the group', async () => {
  const names: (string | undefined)[] = [];
  await createTask(
    async () =>
      TaskGroup.run(
        async (group) => {
          const member = group.createTask(async () => turn());
          for (let at: typeof member.parent = member; at !== null; at = at.parent) names.push(at.origin.name);
        },
        { name: 'work' },
      ),
    { name: 'outer' },
  );
  expect(names).toEqual(['task', 'work', 'outer']);
});

test('the first failure cancels the other tasks and the body, and is thrown in an AggregateError', async () => {
  const log: string[] = [];
  const failure = new Error('no');
  const members: Task[] = [];
  const error = (await rejection(
    TaskGroup.run(
      async (group) => {
        members.push(group.createTask(waiting(log, 'a')) as Task);
        members.push(
          group.createTask(
            async () => {
              await turn();
              throw failure;
            },
            { name: 'b' },
          ) as Task,
        );
        await waiting(log, 'body')();
      },
      { name: 'work' },
    ),
  )) as AggregateError;
  expect([error.message, error.errors, log, members.map(({ settlement }) => settlement?.outcome)]).toEqual([
    '1 failure in task group work',
    [failure],
    ['a cleaned up', 'body cleaned up'],
    ['cancelled', 'rejected'],
  ]);
  expect(members[0]?.settlement?.error).toMatchObject({
    message: `task b #${members[1]?.id} of group work failed`,
    cause: failure,
  });
});

test('a body that fails cancels the tasks', async () => {
  const log: string[] = [];
  const error = (await rejection(
    TaskGroup.run(async (group) => {
      group.createTask(waiting(log, 'a'));
      throw new Error('body');
    }),
  )) as AggregateError;
  expect([error.errors, log]).toEqual([[new Error('body')], ['a cleaned up']]);
});

test('failures of several tasks, of clean-ups and of synchronous functions are all in the AggregateError', async () => {
  const error = (await rejection(
    TaskGroup.run(async (group) => {
      group.createTask(async () => {
        try {
          await sleep(Infinity);
        } finally {
          // oxlint-disable-next-line no-unsafe-finally -- a clean-up that fails is what is tested
          throw new Error('clean-up');
        }
      });
      group.createTask(() => {
        throw new Error('at once');
      });
      group.createTask(async () => Promise.reject(new Error('later')));
      await sleep(Infinity);
    }),
  )) as AggregateError;
  expect([error.message, (error.errors as Error[]).map(({ message }) => message)]).toEqual([
    '3 failures in task group group',
    ['at once', 'clean-up', 'later'],
  ]);
});

test('a second failure does not cancel those who clean up once more', async () => {
  const log: string[] = [];
  await rejection(
    TaskGroup.run(async (group) => {
      group.createTask(async () => {
        await sleep(Infinity).catch(() => log.push('cancelled'));
        await turn();
        await sleep(0);
        log.push('cleaned up in peace');
      });
      group.createTask(async () => Promise.reject(new Error('first')));
      group.createTask(async () => {
        await sleep(Infinity).catch(() => {});
        throw new Error('second');
      });
    }),
  );
  expect(log).toEqual(['cancelled', 'cleaned up in peace']);
});

test('groups nest: the failure of an inner one is one failure of the outer one', async () => {
  const log: string[] = [];
  const failure = new Error('deep');
  const error = (await rejection(
    TaskGroup.run(
      async (outer) => {
        outer.createTask(waiting(log, 'outer'));
        outer.createTask(async () =>
          TaskGroup.run(
            async (inner) => {
              inner.createTask(waiting(log, 'inner'));
              inner.createTask(async () => Promise.reject(failure));
            },
            { name: 'inner' },
          ),
        );
      },
      { name: 'outer' },
    ),
  )) as AggregateError;
  const inner = error.errors[0] as AggregateError;
  expect([error.errors.length, inner.message, inner.errors, log]).toEqual([
    1,
    '1 failure in task group inner',
    [failure],
    ['inner cleaned up', 'outer cleaned up'],
  ]);
});

test('tasks may start tasks until the group is left; after that it refuses', async () => {
  const order: string[] = [];
  let kept: TaskGroup | undefined;
  await TaskGroup.run(
    async (group) => {
      kept = group;
      group.createTask(async () => {
        await turn();
        group.createTask(async () => turn().then(() => order.push('grandchild')));
        order.push('child');
      });
      order.push('body');
    },
    { name: 'work' },
  );
  expect(order).toEqual(['body', 'child', 'grandchild']);
  expect(() => kept?.createTask(async () => {})).toThrow(
    expect.objectContaining({
      code: 'ERR_LOOPSCOPE_STATE',
      message: 'task group work was left: it takes no more tasks',
    }),
  );
});

test('a task of a group that joins it is told that it would wait for itself', async () => {
  const errors = await TaskGroup.run(
    async (group) => {
      const eager = await rejection(group.join());
      await turn();
      return [eager, await rejection(group.join())] as { code: string; message: string }[];
    },
    { name: 'work' },
  );
  const message = expect.stringMatching(
    /^task work body #\d+ joins its own group work: it would wait for itself$/,
  ) as string;
  expect(errors.map((error) => [error.code, error.message])).toEqual([
    ['ERR_LOOPSCOPE_STATE', message],
    ['ERR_LOOPSCOPE_STATE', message],
  ]);
});

test('disposal joins, and an empty group is left at once', async () => {
  const queue = new Queue<string>();
  const group = new TaskGroup();
  group.createTask(async () => turn().then(() => queue.putNowait('done')));
  await group[Symbol.asyncDispose]();
  await new TaskGroup()[Symbol.asyncDispose]();
  expect(queue.getNowait()).toBe('done');
  const failing = new TaskGroup();
  failing.createTask(async () => Promise.reject(new Error('no')));
  expect(await rejection(failing[Symbol.asyncDispose]())).toBeInstanceOf(AggregateError);
});

test('wrong arguments are refused before anything is created', () => {
  expect(() => new TaskGroup('work' as unknown as object)).toThrow('options must be an object, got "work"');
  expect(() => new TaskGroup({ name: 1 as unknown as string })).toThrow('name must be a string, got 1');
  const group = new TaskGroup();
  expect(() => group.createTask(1 as unknown as () => void)).toThrow(
    'the function of a task must be a function, got 1',
  );
  return group.join();
});
