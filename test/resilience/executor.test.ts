// Real threads and processes: what they run and refuse, and how it looks meanwhile.
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  ArgumentError,
  CancelledError,
  createTask,
  move,
  ProcessExecutor,
  QueueFullError,
  run,
  runInExecutor,
  StateError,
  takeReport,
  ThreadExecutor,
  type Executor,
} from '../../src/index.ts';
import { recordMessages } from '../support/messages.ts';
import { executors, spin, wait, work } from '../support/executors.ts';
import { expectNothingLeft, rejection } from '../support/turn.ts';

afterEach(expectNothingLeft);

describe.each(executors)('%s', (type, make: (options?: object) => Executor) => {
  let executor: Executor;

  beforeAll(() => {
    executor = make({ name: 'jobs', workers: 2, grace: 50 });
  });
  afterAll(async () => {
    await executor.close();
  });

  /** How a job that is given this ends. */
  const failureOf = (...job: Parameters<Executor['run']>): Promise<unknown> => rejection(executor.run(...job));

  test('messages of a job', async () => {
    await executor.run(() => 0); // so that there is a worker
    const { stop } = recordMessages();
    const job = executor.run((a: number, b: number) => a + b, [2, 3], { name: 'add' });
    expect([await job, stop()]).toEqual([
      5,
      [
        'job add created',
        'add holds jobs',
        'add waits to run jobs',
        '(main) waits to await add',
        'add waited to run jobs',
        'add released jobs',
        'job add fulfilled',
        '(main) waited to await add',
      ],
    ]);
  });

  test('functions of all shapes run elsewhere', async () => {
    const shapes = {
      method(value: number) {
        return value + 1;
      },
      async asyncMethod(value: number) {
        return value + 1;
      },
      arrow: (value: number) => value + 1,
      classic: function classic(value: number): number {
        return value < 1 ? classic(value + 1) : value + 1;
      },
      import: async (value: number) => (await import('node:path')).join('a', String(value)),
      require: (value: number) => process.getBuiltinModule('node:path').join('a', String(value)),
    };
    const results = await Promise.all(Object.values(shapes).map((run) => executor.run<[number], unknown>(run, [1])));
    expect(results).toEqual([2, 2, 2, 2, join('a', '1'), join('a', '1')]);
  });

  test('it is another thread, with the name of the job on the task that runs', async () => {
    const where = await executor.run(async () => {
      const { threadId } = await import('node:worker_threads');
      return [process.pid, threadId];
    });
    const task = await executor.run({ file: work, export: 'describeTask' }, [], { name: 'described' });
    expect([where[0] === process.pid, where[1] === 0, task]).toEqual([
      type === 'threads',
      type === 'processes',
      { kind: 'job', name: 'described', parent: null },
    ]);
  });

  test('a file is called by its default export, or another', async () => {
    expect([
      await executor.run(work, ['you']),
      await executor.run(work.href, ['you']),
      await executor.run({ file: work.pathname, export: 'twice' }, [4]),
    ]).toEqual(['hello you', 'hello you', 8]);
  });

  test('a module or an export that is not there is an error of the job', async () => {
    expect([
      await failureOf({ file: work, export: 'nothing' }),
      await failureOf({ file: work, export: 'notCallable' }),
      (await failureOf(new URL('nowhere.mjs', work))) as object,
    ]).toMatchObject([
      { code: 'ERR_LOOPSCOPE_ARGUMENT', message: `${work.href} exports no function called nothing` },
      { code: 'ERR_LOOPSCOPE_ARGUMENT', message: `${work.href} exports no function called notCallable` },
      { code: 'ERR_MODULE_NOT_FOUND' },
    ]);
  });

  test('an error comes back as what it was: class, code, cause, properties', async () => {
    const error = await failureOf(() => {
      throw Object.assign(new RangeError('too much', { cause: new TypeError('deep') }), {
        code: 'E_MUCH',
        limit: { most: 5 },
        notSent: () => 1,
      });
    });
    expect(error).toBeInstanceOf(RangeError);
    const { message, cause, stack, ...rest } = error as RangeError;
    expect([message, cause, stack?.includes('job'), rest]).toEqual([
      'too much',
      new TypeError('deep'),
      true,
      { code: 'E_MUCH', limit: { most: 5 } },
    ]);
  });

  test('other things that are thrown come back too', async () => {
    const aggregate = (await failureOf(() => {
      throw new AggregateError([new Error('a'), 5], 'both');
    })) as AggregateError;
    expect([
      await failureOf(() => {
        throw { status: 404 };
      }),
      await failureOf(() => Promise.reject(undefined)),
      aggregate,
      aggregate.errors,
      (
        (await failureOf(() => {
          class OwnError extends Error {
            override name = 'OwnError';
          }
          throw new OwnError('mine');
        })) as Error
      ).name,
    ]).toEqual([
      { status: 404 },
      undefined,
      new AggregateError([new Error('a'), 5], 'both'),
      [new Error('a'), 5],
      'OwnError',
    ]);
  });

  test('a closure fails by a message that says why', async () => {
    const outer = 1;
    expect(
      String(
        await failureOf(function closure() {
          return outer;
        }),
      ),
    ).toBe(
      'ReferenceError: outer is not defined (closure was sent as its source: it knows its arguments and globals, and nothing else around it)',
    );
  });

  test('what cannot be sent is refused, and the workers live on', async () => {
    const before = await executor.run(() => process.pid);
    expect([
      String(await failureOf((run: unknown) => run, [() => 1])),
      String(
        await failureOf(function give() {
          return { inside: [() => 1] };
        }),
      ),
      String(
        await failureOf(function symbols() {
          return Symbol('s');
        }),
      ),
      String(await failureOf(() => new Map([[() => 1, 1]]), [], { name: 'keys' })),
      String(await failureOf(() => Array.from({ length: 2000 }, () => [() => 1]), [], { name: 'many' })),
      String(
        await failureOf(function getters() {
          return {
            get bad() {
              throw new Error('of the getter');
            },
          };
        }),
      ),
      await executor.run(() => Object.assign(new Error('a result'), { notSent: () => 1 })),
      await executor.run(() => process.pid),
    ]).toEqual([
      expect.stringMatching(/^ArgumentError: what job job was given cannot be sent: /),
      expect.stringMatching(/^TypeError: the result of give cannot be sent: /),
      expect.stringMatching(/^TypeError: the result of symbols cannot be sent: /),
      expect.stringMatching(/^TypeError: the result of keys cannot be sent: /),
      expect.stringMatching(/^TypeError: the result of many cannot be sent: /),
      'TypeError: the result of getters cannot be sent: of the getter',
      new Error('a result'),
      before,
    ]);
  });

  test('a queued job is cancelled by its signal and never runs; the report shows where it waits', async () => {
    const controller = new AbortController();
    const running = [executor.run(wait, [60], { name: 'one' }), executor.run(wait, [60], { name: 'two' })];
    const queued = rejection(executor.run(() => 0, [], { name: 'queued', signal: controller.signal }));
    const { tasks, resources } = takeReport();
    const entry = resources.find(({ name, holders }) => name === 'jobs' && holders.length > 0);
    expect([
      tasks.find(({ name }) => name === 'queued')?.waits.map(({ kind, on }) => [kind, on?.kind, on?.name]),
      tasks.find(({ name }) => name === 'one')?.waits.map(({ kind, on }) => [kind, on?.kind, on?.name]),
      entry?.holders.map(({ task }) => task.name),
      entry?.statistics,
    ]).toMatchObject([
      [['start', 'executor', 'jobs']],
      [['run', 'executor', 'jobs']],
      ['one', 'two'],
      { kind: 'executor', type, busy: 2, queued: 1, mostWorkers: 2 },
    ]);
    controller.abort(new Error('never mind'));
    expect(await queued).toBeInstanceOf(CancelledError);
    expect(await Promise.all(running)).toEqual([60, 60]);
  });

  test('a job whose signal was aborted before never begins, and takes no worker', async () => {
    const signal = AbortSignal.abort(new Error('never mind'));
    const ends = await Promise.all([1, 2, 3].map(() => rejection(executor.run(() => 0, [], { signal }))));
    expect([ends.map((end) => end instanceof CancelledError), executor.statistics().busy]).toEqual([
      [true, true, true],
      0,
    ]);
  });

  test('the cancellation of who awaits a job goes on to the job', async () => {
    const caller = createTask(() => executor.run(spin, [], { name: 'inner' }), { name: 'caller' });
    const ended = rejection(caller);
    await executor.run(() => 0);
    caller.cancel();
    expect(await ended).toBeInstanceOf(CancelledError);
  });

  test('map keeps the order, and runs no more at a time than it is told', async () => {
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, executor.statistics().busy)), 1);
    const squares = await executor.map((value: number) => value ** 2, [1, 2, 3, 4, 5], { concurrency: 1 });
    clearInterval(watch);
    expect([squares, most <= 1]).toEqual([[1, 4, 9, 16, 25], true]);
    expect(await executor.map((value: number) => value + 1, new Set([1, 2]))).toEqual([2, 3]);
  });

  test('the first failure of map cancels what runs, and no more begins', async () => {
    const begun: number[] = [];
    function* items(): Generator<number> {
      for (let item = 0; item < 100; item++) {
        begun.push(item);
        yield item;
      }
    }
    const failure = await rejection(
      executor.map((item: number) => {
        if (item === 1) throw new Error('no');
        return new Promise(() => void setInterval(() => {}, 1000));
      }, items()),
    );
    expect([failure, begun]).toEqual([new Error('no'), [0, 1]]);
  });

  test('an executor refuses jobs beyond its capacity, and after it was closed', async () => {
    const small = make({ name: 'small', workers: 1, capacity: 0 });
    const job = small.run(() => 1);
    expect(() => small.run(() => 2)).toThrow(new QueueFullError('executor small is full: 0 of 0 jobs wait'));
    const closed = small.close();
    expect(() => small.run(() => 3)).toThrow(new StateError('executor small is closed: it takes no more jobs'));
    expect([await job, await closed, small.statistics()]).toMatchObject([
      1,
      undefined,
      { workers: 0, completed: 1, refused: 2 },
    ]);
  });

  test('an immediate close cancels what runs', async () => {
    const other = make({ name: 'other', workers: 1, grace: 0 });
    const job = rejection(other.run(spin));
    await other.close({ immediate: true });
    expect(await job).toBeInstanceOf(CancelledError);
  });

  test(`buffers are ${type === 'threads' ? 'moved there and back' : 'copied'}`, async () => {
    const lengthOf = (bytes: Uint8Array): number => bytes.length;
    const [moved, listed] = [new Uint8Array(8), new Uint8Array(9)];
    expect([
      await executor.run(lengthOf, [move(moved)]),
      await executor.run(lengthOf, [listed], { transfer: [listed.buffer] }),
      [moved.length, listed.length],
    ]).toEqual([8, 9, type === 'threads' ? [0, 0] : [8, 9]]);
    const module = new URL('../../src/resilience/move.ts', import.meta.url).href;
    const back = async (url: string): Promise<Uint8Array> => {
      const { move: give } = (await import(url)) as { readonly move: typeof move };
      return give(new Uint8Array([1, 2]));
    };
    expect(await executor.run(back, [module])).toEqual(new Uint8Array([1, 2]));
    expect(() => move({ some: 'object' })).toThrow(ArgumentError);
  });

  test.for([
    [Math.max, 'max is native or bound, and it is sent as its source'],
    [wait.bind(null), 'bound wait is native or bound'],
    [class Widget {}, 'Widget is a class'],
    [function* many() {}, 'many is a generator'],
    ['./relative.js', 'a file must be a file: URL or an absolute path'],
    [new URL('https://example.org/a.js'), 'a file must be a file: URL or an absolute path'],
    [{ file: work, export: '' }, 'export must be the name of an export'],
    [5, 'a job must be a function, a file, or { file, export }, got number'],
  ] as const)('%s is no job: %s', ([job, message]) => {
    expect(() => executor.run(job as never)).toThrow(ArgumentError);
    expect(() => executor.run(job as never)).toThrow(message);
  });
});

test.for([
  [['abc'], 'args must be an array of arguments, got "abc"'],
  [[[], { transfer: 5 }], 'transfer must be an array of buffers and ports, got 5'],
] as const)('%j is not what a job is given: %s', ([given, message]) => {
  const executor = new ThreadExecutor();
  expect(() => executor.run(() => 1, ...(given as unknown as [[]]))).toThrow(new ArgumentError(message));
});

test('executors that were made in a run end with it, the shared one too', async () => {
  const executors = await run(async () => {
    const all = [new ThreadExecutor({ workers: 1 }), new ProcessExecutor({ workers: 1 })];
    const results = [await runInExecutor(null, () => 1), await all[0]?.run(() => 2), await all[1]?.run(() => 3)];
    expect(results).toEqual([1, 2, 3]);
    return all;
  });
  expect(executors.map((executor) => executor.statistics().workers)).toEqual([0, 0]);
  expect(() => executors[0]?.run(() => 1)).toThrow(StateError);
  expect(await run(() => runInExecutor(null, () => 4))).toBe(4);
});

test.for([
  [{ workers: 0 }, 'workers must be a number of at least 1, got 0'],
  [{ capacity: -1 }, 'capacity must be a number of at least 0, got -1'],
  [{ idleTimeout: '5' }, 'idleTimeout must be a number of at least 0, got "5"'],
  [{ grace: Number.NaN }, 'grace must be a number of at least 0, got NaN'],
] as const)('%o is refused: %s', ([options, message]) => {
  expect(() => new ThreadExecutor(options as never)).toThrow(new ArgumentError(message));
  expect(() => new ProcessExecutor(options as never)).toThrow(new ArgumentError(message));
});
