import { afterEach, expect, test } from 'vitest';
import { asyncContextManager, createTask, sleep, type AsyncContext } from '../../src/index.ts';
import { recordMessages } from '../support/messages.ts';
import { expectNothingLeft, microtasks, rejection } from '../support/turn.ts';

afterEach(expectNothingLeft);

const log: string[] = [];

afterEach(() => {
  log.length = 0;
});

const connection = asyncContextManager(async function* connection(name: string) {
  log.push(`opens ${name}`);
  try {
    yield { name };
    log.push('all was well');
  } catch (error) {
    log.push(`caught ${String(error)}`);
    throw error;
  } finally {
    log.push(`closes ${name}`);
  }
});

/** A generator that swallows errors. */
const forgiving = asyncContextManager(async function* forgiving() {
  try {
    yield;
  } catch {
    log.push('swallowed');
  }
});

test('run sets up, hands the value to the function, cleans up, and gives what the function returned', async () => {
  const result = await connection('db').run(async ({ name }) => {
    log.push(`uses ${name}`);
    return 42;
  });
  expect([result, log]).toEqual([42, ['opens db', 'uses db', 'all was well', 'closes db']]);
});

test('an error in the function is thrown into the generator at its yield, and goes on', async () => {
  const error = new Error('in the body');
  const rejected = await rejection(
    connection('db').run(() => {
      throw error;
    }),
  );
  expect(rejected).toBe(error);
  expect(log).toEqual(['opens db', 'caught Error: in the body', 'closes db']);
});

test('a generator that swallows the error ends the run without a value', async () => {
  const result = await forgiving().run(async () => {
    throw new Error('swallow me');
  });
  expect([result, log]).toEqual([undefined, ['swallowed']]);
});

test('a generator may throw another error in its place', async () => {
  const translated = asyncContextManager(async function* translated() {
    try {
      yield;
    } catch (cause) {
      throw new TypeError('translated', { cause });
    }
  });
  const error = await rejection(translated().run(() => Promise.reject(new Error('original'))));
  expect(error).toMatchObject({ message: 'translated', cause: { message: 'original' } });
});

test('a generator may reject the body after the fact', async () => {
  const strict = asyncContextManager(async function* strict() {
    yield;
    throw new Error('not closed');
  });
  await expect(strict().run(() => 'fine')).rejects.toThrow('not closed');
});

test('an error before the yield: the function is not called', async () => {
  const broken = asyncContextManager(async function* broken(): AsyncGenerator<number> {
    if (log.length === 0) throw new Error('no connection');
    yield 1;
  });
  await expect(broken().run(() => log.push('called'))).rejects.toThrow('no connection');
  await expect(broken().enter()).rejects.toThrow('no connection');
  expect(log).toEqual([]);
});

test('a generator that does not yield is an error', async () => {
  const empty = asyncContextManager(async function* empty(): AsyncGenerator<number> {});
  for (const use of [empty().run(() => {}), empty().enter()]) {
    await expect(use).rejects.toMatchObject({
      code: 'ERR_LOOPSCOPE_STATE',
      message: 'the generator empty did not yield',
    });
  }
});

test('a generator that yields again is an error, and is closed', async () => {
  const twice = asyncContextManager(async function* twice() {
    try {
      yield 1;
      yield 2;
    } finally {
      log.push('closed');
    }
  });
  await expect(twice().run(() => {})).rejects.toMatchObject({
    code: 'ERR_LOOPSCOPE_STATE',
    message: 'the generator twice yielded more than once',
  });
  const entered = await twice().enter();
  await expect(entered[Symbol.asyncDispose]()).rejects.toThrow('yielded more than once');
  expect(log).toEqual(['closed', 'closed']);
});

test('a generator that yields again after an error is an error, whatever its clean-up throws', async () => {
  const stubborn = asyncContextManager(async function* stubborn() {
    try {
      yield 1;
    } catch {
      try {
        yield 2;
      } finally {
        await Promise.reject(new Error('and its clean-up is broken'));
      }
    }
  });
  await expect(stubborn().run(() => Promise.reject(new Error('body')))).rejects.toThrow(
    'the generator stubborn yielded again after an error',
  );
});

// Node 22 does not know the syntax: there the test is not there.
test.each('DisposableStack' in globalThis ? ['await using'] : [])(
  '%s cleans up at the end of the block, and after an error of which the generator learns nothing',
  async () => {
    const source = `export const uses = [
      async (context, log) => {
        await using entered = await context.enter();
        log.push('uses ' + entered.value.name);
      },
      async (context) => {
        await using entered = await context.enter();
        throw new Error('in the block of ' + entered.value.name);
      },
      async (context) => {
        await using stack = new AsyncDisposableStack();
        return stack.use(await context.enter()).value.name;
      },
    ];`;
    const { uses } = (await import(`data:text/javascript,${encodeURIComponent(source)}`)) as {
      uses: ((context: AsyncContext<{ name: string }>, log: string[]) => Promise<unknown>)[];
    };
    const results = await Promise.allSettled(uses.map(async (use, index) => use(connection(`db ${index}`), log)));
    expect(results).toMatchObject([
      { value: undefined },
      { reason: { message: 'in the block of db 1' } },
      { value: 'db 2' },
    ]);
    for (const name of ['db 0', 'db 1', 'db 2']) {
      expect(log.filter((line) => line.endsWith(name))).toEqual(
        name === 'db 0' ? ['opens db 0', 'uses db 0', 'closes db 0'] : [`opens ${name}`, `closes ${name}`],
      );
    }
    expect(log.filter((line) => line === 'all was well')).toHaveLength(3);
  },
);

test('what is disposed of twice is cleaned up once', async () => {
  const entered = await connection('db').enter();
  await Promise.all([entered[Symbol.asyncDispose](), entered[Symbol.asyncDispose]()]);
  await entered[Symbol.asyncDispose]();
  expect(log).toEqual(['opens db', 'all was well', 'closes db']);
});

test('contexts can stand in each other', async () => {
  const result = await connection('a').run((a) => connection('b').run((b) => a.name + b.name));
  expect([result, log.filter((line) => line.startsWith('closes'))]).toEqual(['ab', ['closes b', 'closes a']]);
});

test('each use runs the generator anew', async () => {
  const context = connection('db');
  await context.run(() => {});
  await context.run(() => {});
  expect(log.filter((line) => line.startsWith('opens'))).toEqual(['opens db', 'opens db']);
});

test('the manager has the name of the generator function, and its this and arguments', async () => {
  class Pool {
    readonly name = 'pool';
    readonly client = asyncContextManager(async function* client(this: unknown, number: number) {
      yield `${(this as Pool).name} ${number}`;
    });
  }
  expect([connection.name, connection('db').name]).toEqual(['connection', 'connection']);
  expect(await new Pool().client(5).run((value) => value)).toBe('pool 5');
});

test('what the generator waits for are waits of the task that uses it', async () => {
  const { stop } = recordMessages();
  const slow = asyncContextManager(async function* slow() {
    await sleep(1);
    yield;
    await sleep(2);
  });
  const task = createTask(async () => slow().run(() => sleep(3)), { name: 'user' });
  expect(task.waits?.kind).toBe('sleep');
  await task.finally();
  expect(stop().filter((line) => line.startsWith('user'))).toEqual(
    [1, 2, 3].flatMap(() => ['user waits to sleep', 'user waited to sleep']),
  );
});

test('a cancellation reaches the body, then the generator, which cleans up', async () => {
  const task = createTask(async () => connection('db').run(async () => sleep(Infinity)), { name: 'user' });
  await microtasks(10);
  task.cancel();
  expect(await rejection(task)).toMatchObject({ code: 'ERR_LOOPSCOPE_CANCELLED' });
  expect(log).toEqual(['opens db', `caught CancelledError: Task user #${task.id} was cancelled`, 'closes db']);
});

test('a task that is cancelled already sets nothing up', async () => {
  const task = createTask(
    async (self) => {
      self.cancel();
      await connection('db').run(() => log.push('called'));
    },
    { name: 'user' },
  );
  await rejection(task);
  expect(log).toEqual([]);
});

test('what is no async generator function is an ArgumentError', async () => {
  expect(() => asyncContextManager(5 as never)).toThrow('what asyncContextManager is given must be a function, got 5');
  const plain = asyncContextManager((async () => 5) as never);
  await expect(plain().run(() => {})).rejects.toMatchObject({
    code: 'ERR_LOOPSCOPE_ARGUMENT',
    message: 'context must be an async generator function: async function* context() {…}',
  });
  await expect(connection('db').run(5 as never)).rejects.toThrow(
    'the function to run in connection must be a function',
  );
  expect(log).toEqual([]);
});
