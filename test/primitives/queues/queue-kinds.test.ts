// What holds for every queue, whatever it orders its items by.
import { inspect } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { Queue } from '../../../src/index.ts';
import { queueKinds } from '../../support/queue-kinds.ts';
import { expectNothingLeft, rejection, turn } from '../../support/turn.ts';

afterEach(expectNothingLeft);

describe.each(queueKinds)('a $kind', ({ kind, make, next, inOrder }) => {
  const [className = ''] = kind.split(' ');

  test('is a Queue, of resource kind queue, and says its class', () => {
    const queue = make({ name: 'orders' });
    expect([queue instanceof Queue, queue.kind, Object.prototype.toString.call(queue)]).toEqual([
      true,
      'queue',
      `[object ${className}]`,
    ]);
  });

  test('says in one line what is in it and who waits', async () => {
    const queue = make({ name: 'orders', maxsize: 2 });
    const lines = [inspect(queue)];
    const getters = [queue.get(), queue.get()];
    lines.push(inspect(queue));
    for (const item of [1, 2, 3, 4]) queue.putNowait(item);
    const putter = queue.put(5);
    lines.push(inspect({ queue }));
    queue.getNowait();
    queue.shutdown();
    lines.push(inspect(queue));
    expect(lines).toEqual([
      `<${className} orders 0 of 2>`,
      `<${className} orders 0 of 2, 2 getters>`,
      `{ queue: <${className} orders 2 of 2, 1 putter, 4 unfinished> }`,
      `<${className} orders 2 of 2, 5 unfinished, shut down>`,
    ]);
    await Promise.all([...getters, putter]);
    expect(inspect(make())).toBe(`<${className} queue 0>`);
  });

  test('is empty, then neither, then full', () => {
    const queue = make({ maxsize: 2 });
    const states = [1, 2].map((item) => {
      const state = [queue.depth, queue.empty, queue.full];
      queue.putNowait(item);
      return state;
    });
    expect([...states, [queue.depth, queue.empty, queue.full]]).toEqual([
      [0, true, false],
      [1, false, false],
      [2, false, true],
    ]);
  });

  test('without maxsize is never full', () => {
    const queue = make();
    for (let item = 0; item < 1000; item++) queue.putNowait(item);
    expect([queue.maxsize, queue.full, queue.statistics().capacity]).toEqual([Infinity, false, null]);
  });

  test('gives its items in its order, with get, getNowait and iteration alike', async () => {
    const items = [13, 1, 22, 12, 3, 31, 2, 11, 30];
    const filled = (): Queue<number> => {
      const queue = make();
      for (const item of items) queue.putNowait(item);
      queue.shutdown();
      return queue;
    };
    const [one, other, third] = [filled(), filled(), filled()];
    const awaited: number[] = [];
    while (!one.empty) awaited.push(await one.get());
    const iterated: number[] = [];
    for await (const item of third) iterated.push(item);
    const expected = inOrder(items);
    expect([awaited, items.map(() => other.getNowait()), iterated]).toEqual([expected, expected, expected]);
  });

  test('keeps its order over a thousand items that come and go', () => {
    const queue = make();
    const inIt: number[] = [];
    const got: number[] = [];
    const expected: number[] = [];
    for (let step = 0; step < 3000; step++) {
      const item = (step * 7919) % 1009;
      if (step % 3 < 2) {
        queue.putNowait(item);
        inIt.push(item);
        continue;
      }
      got.push(queue.getNowait());
      expected.push(...inIt.splice(next(inIt), 1));
    }
    expect([got, queue.depth]).toEqual([expected, inIt.length]);
  });

  test('lets put wait while it is full, and serves putters in order of asking', async () => {
    const queue = make({ maxsize: 1 });
    const done: number[] = [];
    const puts = [5, 4, 3].map(async (item) => queue.put(item).then(() => done.push(item)));
    await turn();
    expect([done, queue.statistics().putters]).toEqual([[5], 2]);
    const got = [queue.getNowait(), queue.getNowait()];
    await Promise.all(puts);
    expect([done, got, queue.getNowait()]).toEqual([[5, 4, 3], [5, 4], 3]);
  });

  test('lets get wait while it is empty, and serves getters in order of asking with what is put next', async () => {
    const queue = make();
    const gets = [queue.get(), queue.get(), queue.get()];
    for (const item of [3, 2, 1]) queue.putNowait(item);
    expect([await Promise.all(gets), queue.empty]).toEqual([[3, 2, 1], true]);
  });

  test('serves a get that comes after a hand-over, but before the getter has gone on, from what is left', async () => {
    const queue = make();
    const first = queue.get();
    queue.putNowait(1);
    expect(() => queue.getNowait()).toThrow('queue queue is empty');
    queue.putNowait(2);
    expect([queue.getNowait(), await first]).toEqual([2, 1]);
  });

  test('refuses what cannot be done now', async () => {
    const queue = make({ maxsize: 1 });
    expect(() => queue.getNowait()).toThrow(expect.objectContaining({ code: 'ERR_LOOPSCOPE_QUEUE_EMPTY' }));
    queue.putNowait(1);
    expect(() => queue.putNowait(2)).toThrow(expect.objectContaining({ code: 'ERR_LOOPSCOPE_QUEUE_FULL' }));
    expect(await queue.get()).toBe(1);
  });

  test('gives frozen statistics', () => {
    expect(Object.isFrozen(make().statistics())).toBe(true);
  });

  test('is left by break with every other item still in it', async () => {
    const queue = make();
    for (const item of [3, 1, 2]) queue.putNowait(item);
    const got: number[] = [];
    for await (const item of queue) {
      got.push(item);
      break;
    }
    while (!queue.empty) got.push(queue.getNowait());
    expect([got, queue.statistics().getters]).toEqual([inOrder([3, 1, 2]), 0]);
  });

  test.each([
    [{ maxsize: 0 }, 'maxsize must be a number of at least 1, got 0'],
    [{ maxsize: 1.5 }, 'maxsize must be a whole number or Infinity, got 1.5'],
    [{ maxsize: NaN }, 'maxsize must be a number of at least 1, got NaN'],
    [{ name: 5 as unknown as string }, 'name must be a string, got 5'],
  ])('is not made with %j', (options, message) => {
    expect(() => make(options)).toThrow(expect.objectContaining({ code: 'ERR_LOOPSCOPE_ARGUMENT', message }));
  });

  test.each([
    [{ timeout: -1 }, 'timeout must be a number of at least 0, got -1'],
    [{ timeout: '5' }, 'timeout must be a number of at least 0, got "5"'],
    [{ signal: {} }, 'signal must be an AbortSignal, got a value of type object'],
    [5, 'options must be an object, got 5'],
  ])('rejects put, get and join with %j, also where there is no wait', async (options, message) => {
    const queue = make();
    queue.putNowait(1);
    const wrong = expect.objectContaining({ code: 'ERR_LOOPSCOPE_ARGUMENT', message }) as unknown;
    const given = options as object;
    expect(await Promise.all([queue.put(2, given), queue.get(given), queue.join(given)].map(rejection))).toEqual([
      wrong,
      wrong,
      wrong,
    ]);
    expect(queue.depth).toBe(1);
  });
});
