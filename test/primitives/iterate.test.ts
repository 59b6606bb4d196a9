import { Readable } from 'node:stream';
import * as fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { createTask, iterate, Queue, sleep, takeReport, type Iteration } from '../../src/index.ts';
import { renderText } from '../../src/reporters/text.ts';
import { recordMessages } from '../support/messages.ts';
import { collect } from '../support/streams.ts';
import { expectNothingLeft, microtasks, rejection } from '../support/turn.ts';

afterEach(expectNothingLeft);

/** A generator that notes what happens to it. */
async function* noted(log: string[], items: readonly number[] = [1, 2, 3]): AsyncGenerator<number, string, string> {
  try {
    for (const item of items) {
      log.push(`makes ${item}`);
      const sent: unknown = yield item;
      if (sent !== undefined) log.push(`was sent ${String(sent)}`);
    }
    return 'returned';
  } catch (error) {
    log.push(`caught ${String(error)}`);
    throw error;
  } finally {
    log.push('cleaned up');
  }
}

/** An async iterable whose items come when the test says so. */
function hanging(
  log: string[] = [],
): AsyncIterable<string> & { give: (item: string) => void; break: (error: Error) => void } {
  let pending = Promise.withResolvers<IteratorResult<string>>();
  return {
    give: (item) => pending.resolve({ done: false, value: item }),
    break: (error) => pending.reject(error),
    [Symbol.asyncIterator]: () => ({
      next: () => (pending = Promise.withResolvers()).promise,
      return: async () => {
        log.push('closed');
        return { done: true, value: undefined };
      },
    }),
  };
}

test('messages of an iteration over two items', async () => {
  const { stop } = recordMessages();
  const task = createTask(
    async () => {
      for await (const _ of iterate(noted([], [1, 2]), { name: 'numbers' }));
    },
    { name: 'consumer' },
  );
  await microtasks(40);
  expect(stop()).toEqual([
    'task consumer created',
    'iterator numbers created',
    ...[1, 2, 3].flatMap(() => ['consumer waits to next numbers', 'consumer waited to next numbers']),
    'task consumer fulfilled',
  ]);
  expect(task.done).toBe(true);
});

test.each<[string, () => AsyncIterable<number> | Iterable<number | Promise<number>>]>([
  ['an async generator', () => noted([])],
  ['an array', () => [1, 2, 3]],
  ['an array of promises', () => [Promise.resolve(1), 2, Promise.resolve(3)]],
  [
    'a generator',
    () =>
      (function* () {
        yield 1;
        yield 2;
        yield 3;
      })(),
  ],
  ['a stream', () => Readable.from([1, 2, 3])],
  ['a web stream', () => ReadableStream.from([1, 2, 3])],
  ['an iteration', () => iterate([1, 2, 3])],
])('iterates over %s', async (_name, source) => {
  const items: number[] = [];
  for await (const item of iterate(source())) items.push(item);
  expect(items).toEqual([1, 2, 3]);
});

test('an iterable whose async iterator is undefined is iterated over by the other one', async () => {
  const source = { [Symbol.asyncIterator]: undefined, [Symbol.iterator]: () => [1, 2][Symbol.iterator]() };
  expect(await collect(iterate(source as Iterable<number>))).toEqual([1, 2]);
});

test('a result that throws when it is looked at ends the iteration with its error', async () => {
  const result = {
    get done(): boolean {
      throw new Error('looked at');
    },
    value: 1,
  };
  const iteration = iterate({ [Symbol.asyncIterator]: () => ({ next: async () => result }) });
  expect(await rejection(iteration.next())).toEqual(new Error('looked at'));
  expect(await iteration.next()).toEqual({ done: true, value: undefined });
});

test('a string is iterated over by its characters', async () => {
  expect(await collect(iterate('añ😀'))).toEqual(['a', 'ñ', '😀']);
  expect(await iterate('never begun').return()).toEqual({ done: true, value: undefined });
});

test('nothing is read ahead, and nothing before the first item is asked for', async () => {
  const log: string[] = [];
  const iteration = iterate(noted(log));
  await microtasks(5);
  expect(log).toEqual([]);
  await iteration.next();
  await microtasks(5);
  expect(log).toEqual(['makes 1']);
  await iteration.return();
});

/** Other files share the process: what they named alike may be there still. */
const iteratorsNamed = (name: string): unknown[] =>
  takeReport()
    .resources.filter((resource) => resource.name === name && resource.kind === 'iterator')
    .map(({ statistics }) => statistics);

test('while a consumer waits, the report says for what and how many items it has had', async () => {
  const source = hanging();
  const task = createTask(async () => collect(iterate(source, { name: 'pages', timeout: 60_000 })), {
    name: 'indexer',
  });
  await microtasks(5);
  source.give('first');
  await microtasks(10);
  const { tasks } = takeReport();
  expect(tasks.find(({ id }) => id === task.id)?.waits).toMatchObject([
    { kind: 'next', on: { kind: 'iterator', name: 'pages' }, leftMs: expect.any(Number) },
  ]);
  expect(iteratorsNamed('pages')).toEqual([{ kind: 'iterator', items: 1, waiters: 1 }]);
  task.cancel();
  await rejection(task);
  expect(iteratorsNamed('pages')).toEqual([]);
});

test('leaving the loop early closes the source and waits for its clean-up', async () => {
  const log: string[] = [];
  for await (const item of iterate(noted(log))) if (item === 2) break;
  expect(log).toEqual(['makes 1', 'makes 2', 'cleaned up']);
});

test('a clean-up that takes long is a wait for the source to close', async () => {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const task = createTask(async () => {
    for await (const _ of iterate(slow(), { name: 'slow' })) break;
  });
  async function* slow(): AsyncGenerator<number> {
    try {
      yield 1;
    } finally {
      await promise;
    }
  }
  await microtasks(20);
  expect(task.waits).toMatchObject({ kind: 'join', on: { name: 'slow' } });
  expect(renderText(takeReport())).toContain('waits for iterator slow to close');
  resolve(undefined);
  await task;
});

test('an error in the loop closes the source, and goes on', async () => {
  const log: string[] = [];
  const loop = (async () => {
    for await (const item of iterate(noted(log))) throw new Error(`at ${item}`);
  })();
  await expect(loop).rejects.toThrow('at 1');
  expect(log).toEqual(['makes 1', 'cleaned up']);
});

test('what the source throws comes through, and the iteration is over', async () => {
  const log: string[] = [];
  async function* broken(): AsyncGenerator<number> {
    yield 1;
    throw new Error('broken');
  }
  const iteration = iterate(broken());
  await iteration.next();
  await expect(iteration.next()).rejects.toThrow('broken');
  expect([await iteration.next(), log]).toEqual([{ done: true, value: undefined }, []]);
});

test('what a generator is sent, thrown and returned passes through', async () => {
  const log: string[] = [];
  const iteration = iterate(noted(log));
  await iteration.next();
  expect(await iteration.next('word')).toEqual({ done: false, value: 2 });
  expect(await iteration.next()).toEqual({ done: false, value: 3 });
  expect(await iteration.next()).toEqual({ done: true, value: 'returned' });
  expect(log).toEqual(['makes 1', 'was sent word', 'makes 2', 'makes 3', 'cleaned up']);
  const [thrown, returned] = [iterate(noted(log)), iterate(noted(log))];
  await thrown.next();
  await expect(thrown.throw(new Error('in'))).rejects.toThrow('in');
  await returned.next();
  expect(await returned.return('early')).toEqual({ done: true, value: 'early' });
  expect(await returned.return('again')).toEqual({ done: true, value: 'again' });
  await expect(returned.throw(new Error('late'))).rejects.toThrow('late');
});

test('throw into what has no throw closes it', async () => {
  const log: string[] = [];
  const source = hanging(log);
  const iteration = iterate(source);
  await expect(iteration.throw(new Error('in'))).rejects.toThrow('in');
  expect(log).toEqual(['closed']);
});

test('an iterator without return is left as it is', async () => {
  const source: AsyncIterable<number> = {
    [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false, value: 7 }) }),
  };
  for await (const item of iterate(source)) {
    expect(item).toBe(7);
    break;
  }
});

test('disposing of an iteration closes the source', async () => {
  const log: string[] = [];
  const iteration = iterate(noted(log));
  await iteration.next();
  await iteration[Symbol.asyncDispose]();
  expect(log).toEqual(['makes 1', 'cleaned up']);
});

test('a stream is destroyed when the loop is left, also before the first item', async () => {
  const [left, untouched] = [Readable.from([1, 2]), Readable.from([1, 2])];
  for await (const _ of iterate(left)) break;
  await iterate(untouched).return();
  expect([left.destroyed, untouched.destroyed]).toEqual([true, true]);
});

test.each(['timeout', 'signal', 'cancellation'] as const)(
  'a %s ends the wait for an item and closes the source',
  async (how) => {
    vi.useFakeTimers();
    const log: string[] = [];
    const controller = new AbortController();
    const source = hanging(log);
    let iteration: Iteration<string> | undefined;
    const task = createTask(
      async () => {
        iteration = iterate(source, {
          name: 'feed',
          signal: controller.signal,
          ...(how === 'timeout' && { timeout: 50 }),
        });
        for await (const item of iteration) log.push(item);
      },
      { name: 'consumer' },
    );
    await microtasks(5);
    await vi.advanceTimersByTimeAsync(40);
    source.give('in time');
    await vi.advanceTimersByTimeAsync(40);
    const ended = rejection(task);
    expect(log).toEqual(['in time']);
    if (how === 'timeout') await vi.advanceTimersByTimeAsync(10);
    if (how === 'signal') controller.abort(new Error('enough'));
    if (how === 'cancellation') task.cancel();
    expect(await ended).toMatchObject({
      message: {
        timeout: 'next iterator feed: timed out after 50 ms',
        signal: 'enough',
        cancellation: `Task consumer #${task.id} was cancelled`,
      }[how],
    });
    source.break(new Error('nobody hears it'));
    expect(log).toEqual(['in time', 'closed']);
    expect([await iteration?.next(), vi.getTimerCount()]).toEqual([{ done: true, value: undefined }, 0]);
  },
);

test('a stream that hangs is destroyed when the wait for it ends', async () => {
  const stream = new Readable({ read() {} });
  const error = await rejection(collect(iterate(stream, { timeout: 1 })));
  expect([error, stream.destroyed]).toMatchObject([{ code: 'ERR_LOOPSCOPE_TIMEOUT' }, true]);
});

test('a signal that is aborted before closes the source at once', async () => {
  const log: string[] = [];
  const iteration = iterate(hanging(log), { signal: AbortSignal.abort(new Error('before')) });
  await expect(iteration.next()).rejects.toThrow('before');
  expect(log).toEqual(['closed']);
});

test('the waits of a generator are those of the task that consumes it', async () => {
  const queue = new Queue<number>({ name: 'orders' });
  const task = createTask(
    async () => {
      for await (const item of iterate(queue, { name: 'all orders' })) if (item === 2) return;
    },
    { name: 'consumer' },
  );
  await microtasks(5);
  const kinds: string[] = [];
  for (let wait = task.waits; wait !== null; wait = wait.older) kinds.push(wait.kind);
  expect(kinds.toSorted()).toEqual(['get', 'next']);
  await queue.put(1);
  await queue.put(2);
  await task;
});

test.each<[string, () => Promise<IteratorResult<number>>, string]>([
  ['gives no result', (async () => {}) as never, 'iterator odd gave undefined, which is no result of an iterator'],
  [
    'throws at once',
    () => {
      throw new Error('at once');
    },
    'at once',
  ],
])('an iterator that %s is an error, and the iteration is over', async (_name, next, message) => {
  const log: string[] = [];
  const iteration = iterate(
    { [Symbol.asyncIterator]: () => ({ next, return: async () => (log.push('closed'), { done: true, value: 0 }) }) },
    { name: 'odd' },
  );
  await expect(iteration.next()).rejects.toThrow(message);
  expect([await iteration.next(), log]).toEqual([{ done: true, value: undefined }, []]);
});

test('a wait that is cancelled before anybody awaits it is no crash', async () => {
  const log: string[] = [];
  const task = createTask(async () => {
    const item = iterate(hanging(log)).next();
    await sleep(Infinity);
    return item;
  });
  await microtasks(5);
  task.cancel();
  expect(await rejection(task)).toMatchObject({ code: 'ERR_LOOPSCOPE_CANCELLED' });
  expect(log).toEqual(['closed']);
});

test('items that are asked for at once come in order', async () => {
  const iteration = iterate(noted([]));
  const asked = [iteration.next(), iteration.next(), iteration.next(), iteration.next()];
  expect(iteration.statistics().waiters).toBe(4);
  expect((await Promise.all(asked)).map(({ value }) => value)).toEqual([1, 2, 3, 'returned']);
  expect(iteration.statistics()).toEqual({ kind: 'iterator', items: 3, waiters: 0 });
});

test.each<[unknown, object, string]>([
  [undefined, {}, 'what is iterated over must be an iterable or an async iterable'],
  [5, {}, 'what is iterated over must be an iterable or an async iterable'],
  [{}, {}, 'what is iterated over must be an iterable or an async iterable'],
  [[], { name: 5 }, 'name must be a string, got 5'],
  [[], { timeout: -1 }, 'timeout must be a number of at least 0, got -1'],
  [[], { signal: {} }, 'signal must be an AbortSignal, got a value of type object'],
])('iterate(%j, %j) throws an ArgumentError', (source, options, message) => {
  expect(() => iterate(source as never, options as never)).toThrow(
    expect.objectContaining({ code: 'ERR_LOOPSCOPE_ARGUMENT', message }),
  );
});

test('whatever a consumer does, it sees what it would see without iterate', async () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ do: fc.constant('next' as const), with: fc.option(fc.string(), { nil: undefined }) }),
      fc.record({ do: fc.constantFrom('return' as const, 'throw'), with: fc.string() }),
    ),
    { maxLength: 8 },
  );
  type Script = { do: 'next' | 'return' | 'throw'; with: string | undefined }[];
  async function outcomes(
    iterator: AsyncIterator<number, string | undefined, string>,
    script: Script,
  ): Promise<unknown[]> {
    const seen: unknown[] = [];
    for (const { do: method, with: argument } of script) {
      try {
        const result =
          method === 'next'
            ? await (argument === undefined ? iterator.next() : iterator.next(argument))
            : await iterator[method]?.(argument);
        seen.push(result);
      } catch (error) {
        seen.push(['rejected', error]);
      }
    }
    return seen;
  }
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(), { maxLength: 4 }), steps, async (items, script) => {
      const [bareLog, ownLog]: [string[], string[]] = [[], []];
      const bare = await outcomes(noted(bareLog, items), script);
      expect(await outcomes(iterate(noted(ownLog, items)), script)).toEqual(bare);
      expect(ownLog).toEqual(bareLog);
    }),
    { numRuns: 500 },
  );
});
