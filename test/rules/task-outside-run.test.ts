import { describe, expect, test } from 'vitest';
import type { TaskEntry } from '../../src/report/format.ts';
import { remembering } from '../support/rule-history.ts';
import { messagesOf, taskOf, waitOf, warningsOf, type reportOf } from '../support/rule-report.ts';

const heartbeat = taskOf(3, 'heartbeat');

function ended(tasks: readonly TaskEntry[], process: object = {}, runs = 0, reason: 'exit' | 'interrupt' = 'exit') {
  const fields: Parameters<typeof reportOf>[0] = { reason, tasks, process: { exitCode: 0, ...process } };
  return remembering({ runs }, fields);
}

describe('task-outside-run', () => {
  test('says which tasks the end cut off, and where they were created', () => {
    expect(warningsOf('task-outside-run', ended([heartbeat]))).toEqual([
      {
        rule: 'task-outside-run',
        message:
          'heartbeat #3, created at src/heartbeat.ts:1, was pending when the program ended by process.exit(): nobody cancelled it, and its ' +
          'finally blocks did not run.',
        advice: 'Run the program by run(main), which cancels what is left and waits for it.',
        site: heartbeat.createdAt,
        task: { id: 3, name: 'heartbeat' },
        resource: null,
        count: 1,
        value: 1,
      },
    ]);
  });

  test('is one warning for all', () => {
    const tasks = [
      heartbeat,
      { ...heartbeat, id: 4 },
      ...['a', 'b', 'c', 'd', 'e'].map((name, id) => taskOf(5 + id, name)),
    ];
    const messages = [
      '7 tasks (heartbeat, a, b, c, d, …) were pending when the program ended by process.exit(): nobody cancelled them, and their finally blocks did not run.',
    ];
    expect(messagesOf('task-outside-run', ended(tasks))).toEqual(messages);
    expect(messagesOf('task-outside-run', ended(tasks), 7)).toEqual(messages);
    expect(messagesOf('task-outside-run', ended(tasks), 8)).toEqual([]);
  });

  test.each([
    ['the program uses run()', ended([heartbeat], {}, 1)],
    ['nothing was left to do', ended([heartbeat], { isDrained: true })],
    ['it failed', ended([heartbeat], { exitCode: 1 })],
    ['a signal asked', ended([heartbeat], {}, 0, 'interrupt')],
    ['another task created it', ended([{ ...heartbeat, createdBy: { id: 1, name: 'main' } }])],
    ['it waits as a worker does', ended([{ ...heartbeat, waits: [waitOf('sleep', null, 10)] }])],
    ['it is a job of a library', ended([{ ...heartbeat, kind: 'job' }])],
    ['something waits outside of tasks', ended([{ ...heartbeat, id: 0 }])],
  ])('is quiet where %s', (_, report) => {
    expect(messagesOf('task-outside-run', report)).toEqual([]);
  });
});
