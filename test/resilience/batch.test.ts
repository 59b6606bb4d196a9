import { pass, startVirtualTime } from '../support/virtual-time.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ArgumentError, batch, batchLoader, createTask, sleep, StageError, takeReport } from '../../src/index.ts';
import { recordMessages } from '../support/messages.ts';
import { expectNoTimersLeft, rejection } from '../support/turn.ts';

beforeEach(startVirtualTime);
afterEach(expectNoTimersLeft);

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

test('messages of two batches, one after the other', async () => {
  const { stop } = recordMessages();
  const result = await batch([1, 2, 3], async (items) => items.length, { name: 'sums', size: 2 });
  expect([result, stop().filter((line) => !line.includes('(main)'))]).toEqual([
    [2, 1],
    [
      'task batches of sums created',
      'task sums created',
      'batches of sums waits to await sums',
      'task sums fulfilled',
      'batches of sums waited to await sums',
      'task sums created',
      'batches of sums waits to await sums',
      'task sums fulfilled',
      'batches of sums waited to await sums',
      'task batches of sums fulfilled',
    ],
  ]);
});

test('batches have the size that is asked for, the last the rest', async () => {
  const sizes = (size: number): PromiseLike<number[]> => batch(upTo(10), (items) => items.length, { size });
  expect([await sizes(4), await sizes(5), await sizes(10), await sizes(11), await batch([], () => 1)]).toEqual([
    [4, 4, 2],
    [5, 5],
    [10],
    [10],
    [],
  ]);
});

test('no more batches than asked for run at a time, and the results keep the order', async () => {
  let running = 0;
  let most = 0;
  const all = batch(
    upTo(10),
    async ([first = 0]) => {
      most = Math.max(most, ++running);
      await sleep(100 - first * 10);
      running--;
      return first;
    },
    { size: 1, concurrency: 3 },
  );
  await pass(1000);
  expect([await all, most]).toEqual([upTo(10), 3]);
});

test('an async iterable is read as far as there is work, and closed when a batch fails', async () => {
  const log: string[] = [];
  async function* rows(): AsyncGenerator<number> {
    try {
      for (let row = 0; ; row++) {
        log.push(`row ${row}`);
        yield row;
      }
    } finally {
      log.push('closed');
    }
  }
  const error = await rejection(
    batch(
      rows(),
      (items) => {
        if (items.includes(3)) throw new Error('bad row');
      },
      { name: 'rows', size: 2 },
    ),
  );
  expect(error).toBeInstanceOf(StageError);
  const { stage, index, item, cause, message } = error as StageError;
  expect([stage, index, item, cause, message, log]).toEqual([
    'rows',
    1,
    [2, 3],
    new Error('bad row'),
    'rows failed at item 1: bad row',
    ['row 0', 'row 1', 'row 2', 'row 3', 'closed'],
  ]);
});

test('the first batch that fails cancels the others, and they may clean up', async () => {
  const log: string[] = [];
  const all = rejection(
    batch(
      upTo(5),
      async ([item = 0], { signal }) => {
        if (item === 1) throw new Error('no');
        try {
          await sleep(1000);
        } finally {
          await sleep(5);
          log.push(`${item} cleaned up, aborted: ${signal.aborted}`);
        }
      },
      { size: 1, concurrency: 2 },
    ),
  );
  await pass(5);
  expect([String(await all), log]).toEqual(['StageError: batch failed at item 1: no', ['0 cleaned up, aborted: true']]);
});

test('a cancellation reaches the batches that run, and none starts after it', async () => {
  const started: number[] = [];
  const all = batch(
    upTo(5),
    async ([item = 0]) => {
      started.push(item);
      await sleep(1000);
    },
    { size: 1, concurrency: 2 },
  );
  const ended = rejection(all);
  all.cancel();
  expect([String(await ended).split(':')[0], started, all.settlement?.outcome]).toEqual([
    'CancelledError',
    [0, 1],
    'cancelled',
  ]);
});

test('while the next item does not come, a cancellation and a failure end it all the same, and the report says so', async () => {
  const never = async function* (): AsyncGenerator<number> {
    yield 1;
    await new Promise(() => {});
  };
  const cancelled = batch(never(), () => 1, { name: 'stalled', size: 1 });
  const ended = rejection(cancelled);
  await pass(1);
  expect(takeReport().tasks.find(({ name }) => name === 'batches of stalled')?.waits).toMatchObject([
    { kind: 'next', on: { name: 'items of stalled' } },
  ]);
  cancelled.cancel('enough');
  expect(await ended).toMatchObject({ cause: 'enough' });
  const fails = (): Promise<never> => sleep(5).then(() => Promise.reject(new Error('no')));
  const failed = rejection(batch(never(), fails, { name: 'bad', size: 1, concurrency: 2 }));
  await pass(5);
  expect(await failed).toMatchObject({ name: 'StageError', cause: new Error('no') });
});

test('items that cannot be iterated over are refused', () => {
  expect(() => batch(5 as never, () => 1)).toThrow(
    new ArgumentError('items must be an iterable or an async iterable, got 5'),
  );
});

test('the look-ups of one turn go out together, each key once', async () => {
  const batches: (readonly string[])[] = [];
  const load = batchLoader(async (keys: readonly string[]) => {
    batches.push(keys);
    return keys.map((key) => key.toUpperCase());
  });
  const late = Promise.resolve().then(() => load('c'));
  expect([await Promise.all([load('a'), load('b'), load('a'), late]), await load('a'), batches]).toEqual([
    ['A', 'B', 'A', 'C'],
    'A',
    [['a', 'b', 'c'], ['a']],
  ]);
});

test('who looks up waits for the batch, from the beginning', async () => {
  const load = batchLoader(
    async (keys: readonly number[]) => {
      await sleep(10);
      return keys;
    },
    { name: 'users' },
  );
  const caller = createTask(() => load(1), { name: 'caller' });
  const waits = (): unknown =>
    takeReport()
      .tasks.filter(({ name }) => name === 'caller' || name === 'users')
      .map(({ name, kind, started, waits }) => [name, kind, started, waits.map((wait) => [wait.kind, wait.on?.name])]);
  const before = waits();
  await pass(1);
  expect([before, waits()]).toEqual([
    [
      ['caller', 'task', true, [['await', 'users']]],
      ['users', 'call', false, []],
    ],
    [
      ['caller', 'task', true, [['await', 'users']]],
      ['users', 'call', true, [['sleep', undefined]]],
    ],
  ]);
  await pass(10);
  await caller;
});

test('a batch that is full goes out at once, and the next is begun', async () => {
  const batches: (readonly number[])[] = [];
  const load = batchLoader(
    (keys: readonly number[]) => {
      batches.push(keys);
      return keys;
    },
    { size: 2 },
  );
  expect([await load.many([1, 2, 3]), batches]).toEqual([
    [1, 2, 3],
    [[1, 2], [3]],
  ]);
});

test('with a wait, keys are collected for so long', async () => {
  const batches: (readonly number[])[] = [];
  const load = batchLoader(
    (keys: readonly number[]) => {
      batches.push(keys);
      return keys;
    },
    { wait: 20 },
  );
  const first = load(1);
  await pass(19);
  const second = load(2);
  await pass(1);
  expect([await first, await second, batches]).toEqual([1, 2, [[1, 2]]]);
});

test('an Error in the place of a value is for that key alone; a failure is for all', async () => {
  let fails = false;
  const load = batchLoader((keys: readonly number[]): (number | Error)[] => {
    if (fails) throw new Error('down');
    return keys.map((key) => (key === 2 ? new Error('no 2') : key));
  });
  const [one, two] = [load(1), rejection(load(2))];
  expect([await one, await two]).toEqual([1, new Error('no 2')]);
  fails = true;
  const both = [rejection(load(1)), rejection(load(2))];
  expect(await Promise.all(both)).toEqual([new Error('down'), new Error('down')]);
});

test('a function that returns something else is told what was expected', async () => {
  const load = batchLoader<number, number>(() => [1, 2], { name: 'users' });
  expect(await rejection(load(1))).toEqual(
    new ArgumentError('users must return an array of 1 values, one for each key, got 2 values'),
  );
});

test('keys that are objects are the same by what key says', async () => {
  const batches: unknown[] = [];
  const load = batchLoader(
    (keys: readonly { readonly id: number }[]) => {
      batches.push(keys);
      return keys.map(({ id }) => id);
    },
    { key: ({ id }) => id },
  );
  expect([await Promise.all([load({ id: 1 }), load({ id: 1 })]), batches]).toEqual([[1, 1], [[{ id: 1 }]]]);
});

test('a key function that throws rejects that look-up, and no batch goes out', async () => {
  const batches: unknown[] = [];
  const load = batchLoader((keys: readonly string[]) => (batches.push(keys), keys), {
    key: (key) => {
      if (key === 'bad') throw new Error('no key');
      return key;
    },
  });
  expect([await rejection(load('bad')), await rejection(load.many(['good', 'bad']))]).toEqual([
    new Error('no key'),
    new Error('no key'),
  ]);
  await pass(1);
  expect(batches).toEqual([['good']]);
});

test('a batch that went out full leaves no timer', async () => {
  const load = batchLoader((keys: readonly number[]) => keys, { size: 1, wait: 60_000 });
  expect(await load(1)).toBe(1); // expectNoTimersLeft looks
});

test.for([
  [() => batch([1], 5 as never), 'the function for a batch must be a function, got 5'],
  [() => batch([1], () => 1, { size: 0 }), 'size must be a number of at least 1, got 0'],
  [() => batch([1], () => 1, { concurrency: 0.5 }), 'concurrency must be a number of at least 1, got 0.5'],
  [() => batchLoader((keys) => keys, { wait: -1 }), 'wait must be a number of at least 0, got -1'],
] as const)('%s is refused: %s', ([call, message]) => {
  expect(call).toThrow(new ArgumentError(message));
});
