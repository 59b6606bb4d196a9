import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTask, currentTask, onRunEnd, run, shield, sleep, TaskGroup, type Task } from '../../../src/index.ts';
import { recordMessages } from '../../support/messages.ts';
import { runProgram } from '../../support/run-program.ts';
import { after, deaf, failAfter, follow, pass, releaseDeaf, words } from '../../support/settled.ts';
import { expectNoTimersLeft, rejection } from '../../support/turn.ts';
import { waiting } from '../../support/waiting.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(async () => {
  releaseDeaf();
  await expectNoTimersLeft();
});

test('messages', async () => {
  const { stop } = recordMessages();
  const end = follow(
    run(
      async () => {
        createTask(after(1000, 1), { name: 'left' });
        return 'result';
      },
      { name: 'main' },
    ),
  );
  await pass(0);
  expect([end.outcome, stop()]).toEqual([
    'value "result"',
    [
      'task main created',
      'task left created',
      'left waits to sleep',
      'task main fulfilled',
      'left waited to sleep',
      'task left cancelled',
    ],
  ]);
});

describe('the main function', () => {
  test.each<[string, () => unknown, string]>([
    ['a value', after(1, 5), 'value 5'],
    ['nothing', async () => {}, 'value undefined'],
    ['a value at once', () => 5, 'value 5'],
    ['an error', failAfter(1, 'no'), 'Error: no'],
    [
      'an error at once',
      () => {
        throw new Error('at once');
      },
      'Error: at once',
    ],
  ])('comes to %s, and so does run', async (_what, main, outcome) => {
    const end = follow(run(main));
    await pass(1);
    expect(end.outcome).toBe(outcome);
  });

  test('is the current task, named like the function or by the option, and handed its signal', async () => {
    const names = [
      await run(function serve(task) {
        return [task.name, currentTask() === task, task.signal.aborted];
      }),
      await run((task) => task.name, { name: 'api' }),
      await run((task: Task<string>) => task.name),
    ];
    expect(names).toEqual([['serve', true, false], 'api', 'main']);
  });

  test('is cancelled by the signal of run', async () => {
    const controller = new AbortController();
    const log: string[] = [];
    const end = follow(run(waiting(log, 'main'), { signal: controller.signal }));
    controller.abort();
    await pass(0);
    expect([end.outcome, log]).toEqual(['CancelledError', ['main cleaned up']]);
  });
});

describe('what is left behind', () => {
  test('is cancelled and waited for: tasks, tasks of tasks, groups, what is shielded, and what the clean-up creates', async () => {
    const log: string[] = [];
    const end = follow(
      run(async () => {
        createTask(async () => {
          createTask(waiting(log, 'grandchild'));
        });
        createTask(async () => {
          await TaskGroup.run((group) => void group.createTask(waiting(log, 'member')));
        });
        createTask(async () => shield(waiting(log, 'shielded')));
        createTask(async () => {
          try {
            await sleep(1000);
          } finally {
            await sleep(10);
            createTask(waiting(log, 'late'));
            log.push('slow');
          }
        });
      }),
    );
    await pass(9);
    expect(end.outcome).toBe('pending');
    await pass(1);
    await pass(0);
    expect([end.outcome, log.toSorted()]).toEqual([
      'value undefined',
      ['grandchild cleaned up', 'late cleaned up', 'member cleaned up', 'shielded cleaned up', 'slow'],
    ]);
  });

  test('is cancelled also when the main function fails', async () => {
    const log: string[] = [];
    const end = follow(
      run(async () => {
        createTask(waiting(log, 'left'));
        throw new Error('no');
      }),
    );
    await pass(0);
    expect([end.outcome, log]).toEqual(['Error: no', ['left cleaned up']]);
  });

  test('may decline, and is waited for', async () => {
    const end = follow(run(async () => void createTask(async () => sleep(1000).catch(() => sleep(10)))));
    await pass(9);
    expect(end.outcome).toBe('pending');
    await pass(1);
    expect(end.outcome).toBe('value undefined');
  });

  test('is not waited for if it cannot notice', async () => {
    const end = follow(run(async () => void createTask(deaf)));
    await pass(0);
    expect(end.outcome).toBe('value undefined');
  });

  test('of others is left alone', async () => {
    const other = createTask(after(10, 'other'));
    await run(async () => {});
    await pass(10);
    expect(other.result()).toBe('other');
  });
});

describe('a clean-up that fails', () => {
  const left = async (): Promise<void> => {
    try {
      await sleep(1000);
    } finally {
      // oxlint-disable-next-line no-unsafe-finally -- a clean-up that fails is what is tested
      throw new Error('clean-up');
    }
  };

  test('is what run throws, where nobody else is told of it', async () => {
    const end = follow(run(async () => void createTask(left)));
    await pass(0);
    expect(end.outcome).toBe('Error: clean-up');
  });

  test('goes after what main threw', async () => {
    const end = follow(
      run(async () => {
        createTask(left);
        throw new Error('main');
      }),
    );
    await pass(0);
    expect(end.outcome).toBe('Error: main');
  });

  test('is left to whoever awaits the task: another one, or its group', async () => {
    const end = follow(
      run(async () => {
        createTask(async () => createTask(left).catch(() => {}));
        createTask(async () => TaskGroup.run((group) => void group.createTask(left)).catch(() => {}));
      }),
    );
    await pass(0);
    expect(end.outcome).toBe('value undefined');
  });
});

test.each(['SIGKILL', 'SIGFOO', 9])(
  'a signal that cannot be listened for, such as %s, is refused before main is called',
  async (signal) => {
    let isCalled = false;
    const error = await rejection(
      run(async () => void (isCalled = true), { signals: ['SIGUSR2', signal as NodeJS.Signals] }),
    );
    expect([words(error), isCalled, process.listenerCount('SIGUSR2')]).toEqual([
      `ArgumentError: signals must be names of signals that can be listened for, got ${JSON.stringify(signal)}`,
      false,
      0,
    ]);
  },
);

describe('onRunEnd', () => {
  test('closes in reverse order, after the tasks, one after the other', async () => {
    const log: string[] = [];
    const end = follow(
      run(async () => {
        createTask(waiting(log, 'task'));
        onRunEnd(() => log.push('first'));
        onRunEnd(async () => {
          await sleep(10);
          log.push('second');
        });
      }),
    );
    await pass(10);
    expect([end.outcome, log]).toEqual(['value undefined', ['task cleaned up', 'second', 'first']]);
  });

  test('closes what was registered in a task of the run, and closes an async generator that was abandoned', async () => {
    const log: string[] = [];
    async function* numbers(): AsyncGenerator<number> {
      try {
        yield 1;
        yield 2;
      } finally {
        log.push('closed');
      }
    }
    await run(async () => {
      await createTask(async () => {
        const generator = numbers();
        onRunEnd(async () => generator.return(undefined));
        await generator.next();
      });
    });
    expect(log).toEqual(['closed']);
  });

  test('does not close what was taken back, nor anything outside of a run', async () => {
    const close = vi.fn();
    onRunEnd(close)();
    onRunEnd(close);
    await run(() => {
      const takeBack = onRunEnd(close);
      takeBack();
      takeBack();
    });
    expect(close).not.toHaveBeenCalled();
  });

  test.each<[number, string]>([
    [1, 'Error: close 0'],
    [2, 'AggregateError: 2 failures while run(main) ended'],
  ])('%i failures of closing are thrown', async (count, outcome) => {
    const end = run(() => {
      for (let index = 0; index < count; index++) {
        onRunEnd(() => {
          throw new Error(`close ${index}`);
        });
      }
    });
    expect(words(await rejection(end))).toBe(outcome);
  });
});

describe('nesting', () => {
  test.each<[string, () => Promise<unknown>]>([
    ['in the main function', () => run(() => 1, { name: 'inner' })],
    ['in a task of it', async () => createTask(async () => run(() => 1, { name: 'inner' }))],
  ])('%s is a StateError that says what to do', async (_where, nest) => {
    const error = await rejection(run(nest, { name: 'outer' }));
    expect(words(error)).toBe(
      'StateError: run(inner) inside of run(outer): a program has one; use createTask, or call it',
    );
  });

  test('one after the other, and in a task that is in no run, is none', async () => {
    expect([await run(() => 1), await run(() => 2), await createTask(async () => run(() => 3))]).toEqual([1, 2, 3]);
  });
});

test.each<[unknown, unknown, string]>([
  [5, {}, 'ArgumentError: the function to run must be a function, got 5'],
  [() => 1, 'no', 'ArgumentError: options must be an object, got "no"'],
  [() => 1, { signals: 'SIGINT' }, 'ArgumentError: signals must be an array, got "SIGINT"'],
  [() => 1, { name: 1 }, 'ArgumentError: name must be a string, got 1'],
])('run(%s, %j) is an ArgumentError', async (main, options, message) => {
  expect(words(await rejection(run(main as () => void, options as object)))).toBe(message);
});

describe('in a process', () => {
  test('a signal cancels the main task, which cleans up; then the process ends by that signal', async () => {
    const { code, stdout } = await runProgram('run-signal.ts');
    expect({ code, stdout }).toEqual({ code: -1, stdout: 'cleaned up\n' }); // -1: by a signal
  });

  test('debug mode tells slow turns, tasks that nobody awaited, and errors that nobody retrieved', async () => {
    const { code, stderr } = await runProgram('run-debug.ts');
    const lines = stderr
      .trim()
      .split('\n')
      .map((line) =>
        line
          .replaceAll(/#\d+/g, '#n')
          .replaceAll(/\S*\/(run-debug\.ts):\d+:\d+/g, '$1')
          .replaceAll(/\d{3} ms/g, 'n ms'),
      );
    // blocks before the watchdog looked have no culprit
    const told = new Set(lines.filter((line) => !line.endsWith('took n ms')));
    expect({ code, lines: [...told].toSorted() }).toEqual({
      code: 0,
      lines: [
        'loopscope: a turn of the loop took n ms, block at run-debug.ts, in task main #n',
        'loopscope: run(main) has ended, and left tasks behind that do not notice that they are cancelled: deaf #n',
        'loopscope: task failing #n, created at run-debug.ts, failed, and nobody retrieved its error: lost',
        'loopscope: task forgotten #n, created at run-debug.ts, was never awaited',
      ],
    });
  });
});
