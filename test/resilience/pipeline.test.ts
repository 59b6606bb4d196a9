import { pass, startVirtualTime } from '../support/virtual-time.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ArgumentError, createTask, pipeline, sleep, StageError, takeReport } from '../../src/index.ts';
import { expectNoTimersLeft, rejection } from '../support/turn.ts';

beforeEach(startVirtualTime);
afterEach(expectNoTimersLeft);

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

test('items go through the stages in order', async () => {
  const orders = pipeline(
    function validate(text: string) {
      return Number(text);
    },
    async (number) => number * 2,
    { name: 'persist', run: (number) => `saved ${number}` },
  );
  expect(await orders.collect(['1', '2', '3'])).toEqual(['saved 2', 'saved 4', 'saved 6']);
});

test('it can be run again, from arrays and async iterables, also from nothing', async () => {
  const double = pipeline((number: number) => number * 2);
  async function* source(): AsyncGenerator<number> {
    yield 4;
    await sleep(10);
    yield 5;
  }
  const both = Promise.all([double.collect(source()), double.collect(new Set([1, 2]))]);
  await pass(10);
  expect([await both, await double.collect([])]).toEqual([
    [
      [8, 10],
      [2, 4],
    ],
    [],
  ]);
});

test('a stage works on no more than its concurrency, and the results keep the order of the items', async () => {
  let running = 0;
  let most = 0;
  const naps = pipeline({
    concurrency: 3,
    async run(item: number) {
      most = Math.max(most, ++running);
      await sleep(100 - item * 10);
      running--;
      return item;
    },
  });
  const all = naps.collect(upTo(9));
  await pass(2000);
  expect([await all, most]).toEqual([upTo(9), 3]);
});

test('unordered, the quick pass the slow', async () => {
  const naps = pipeline({
    concurrency: 3,
    async run(milliseconds: number) {
      await sleep(milliseconds);
      return milliseconds;
    },
  });
  const all = naps.collect([30, 10, 20], { ordered: false });
  await pass(100);
  expect(await all).toEqual([10, 20, 30]);
});

test('a slow stage holds back those before it and the source, and the report says at which queue', async () => {
  let read = 0;
  function* source(): Generator<number> {
    for (; ; read++) yield read;
  }
  const orders = pipeline(
    { name: 'transform', run: (item: number) => item },
    { name: 'persist', capacity: 2, run: () => sleep(Infinity) },
  );
  const controller = new AbortController();
  const all = rejection(orders.collect(source(), { name: 'import', signal: controller.signal }));
  await pass(10);
  const { tasks, resources } = takeReport();
  const waits = tasks
    .filter(({ name }) => name.startsWith('import'))
    .map(({ name, waits }) => [name, ...waits.map(({ kind, on }) => `${kind} ${on?.name ?? ''}`.trim())]);
  const queues = resources.flatMap(({ name, statistics: now }) =>
    now.kind === 'queue' && name.startsWith('import') ? [[name, now.depth, now.capacity, now.putters]] : [],
  );
  expect({ waits, queues, read }).toEqual({
    waits: [
      ['import'],
      ['import source', 'put import transform'],
      ['import transform', 'put import persist'],
      ['import persist', 'sleep'],
    ],
    queues: [
      ['import transform', 1, 1, 1],
      ['import persist', 2, 2, 1],
      ['import results', 0, 2, 0],
    ],
    read: 5,
  });
  controller.abort();
  expect(await all).toBeInstanceOf(Error);
});

test('a failure names the stage and the item, after the results that were finished before', async () => {
  const results: number[] = [];
  const orders = pipeline(
    { name: 'validate', run: (item: number) => item },
    {
      name: 'transform',
      run(item: number) {
        if (item === 2) throw new RangeError('too much');
        return item * 10;
      },
    },
  );
  const error = (await rejection(
    (async () => {
      for await (const result of orders.run(upTo(5))) results.push(result);
    })(),
  )) as StageError;
  expect(error).toBeInstanceOf(StageError);
  expect([error.code, error.stage, error.index, error.item, error.cause, error.message, results]).toEqual([
    'ERR_LOOPSCOPE_STAGE',
    'transform',
    2,
    2,
    new RangeError('too much'),
    'transform failed at item 2: too much',
    [0, 10],
  ]);
});

test('with onError the item is left out and the others go on', async () => {
  const errors: string[] = [];
  const orders = pipeline({
    name: 'validate',
    concurrency: 2,
    run(item: number) {
      if (item % 2 === 1) throw new Error(`odd`);
      return item;
    },
  });
  const results = await orders.collect(upTo(6), { onError: ({ message }) => errors.push(message) });
  expect([results, errors]).toEqual([
    [0, 2, 4],
    ['validate failed at item 1: odd', 'validate failed at item 3: odd', 'validate failed at item 5: odd'],
  ]);
});

test('an onError that throws ends the pipeline', async () => {
  const orders = pipeline(() => {
    throw new Error('no');
  });
  const error = await rejection(
    orders.collect([1], {
      onError() {
        throw new Error('enough');
      },
    }),
  );
  expect(error).toEqual(new Error('enough'));
});

test('a source that fails is named as such', async () => {
  async function* source(): AsyncGenerator<number> {
    yield 1;
    throw new Error('cut off');
  }
  const error = (await rejection(pipeline((item: number) => item).collect(source(), { name: 'import' }))) as StageError;
  expect([error.stage, error.index, error.cause]).toEqual(['import source', 1, new Error('cut off')]);
});

test('leaving the loop ends everything: the source is closed, what runs is cancelled', async () => {
  const log: string[] = [];
  async function* source(): AsyncGenerator<number> {
    try {
      for (let item = 0; ; item++) yield item;
    } finally {
      log.push('source closed');
    }
  }
  const slow = pipeline({
    async run(item: number, { signal }) {
      if (item === 0) return item;
      try {
        await sleep(Infinity);
      } finally {
        log.push(`${item} ended, aborted: ${signal.aborted}`);
      }
      return item;
    },
  });
  for await (const item of slow.run(source())) {
    log.push(`got ${item}`);
    break;
  }
  expect(log.toSorted()).toEqual(['1 ended, aborted: true', 'got 0', 'source closed']);
});

test('a cancellation of who collects reaches the stages', async () => {
  const log: string[] = [];
  const slow = pipeline({
    name: 'slow',
    async run() {
      try {
        await sleep(Infinity);
      } finally {
        log.push('ended');
      }
    },
  });
  const task = createTask(() => slow.collect([1]), { name: 'caller' });
  await pass(1);
  task.cancel();
  expect([String(await rejection(task)).split(':')[0], log]).toEqual(['CancelledError', ['ended']]);
});

test('a source that never gives anything does not keep a pipeline that is left', async () => {
  const source: AsyncIterable<number> = {
    [Symbol.asyncIterator]: () => ({ next: () => new Promise<IteratorResult<number>>(() => {}) }),
  };
  const task = pipeline((item: number) => item).collect(source);
  const ended = rejection(task);
  await pass(1);
  task.cancel();
  expect(String(await ended)).toContain('CancelledError');
});

test('a signal that is aborted already ends it before the first item', async () => {
  let calls = 0;
  const counted = pipeline(() => ++calls);
  const error = await rejection(
    (async () => {
      for await (const _ of counted.run([1], { signal: AbortSignal.abort(new Error('late')) })) calls += 100;
    })(),
  );
  expect([error, calls]).toEqual([new Error('late'), 0]);
});

test.for([
  [() => pipeline(5 as never), 'stage 1 must be a function, got 5'],
  [() => pipeline({ run: 5 } as never), 'stage 1 must be a function, got 5'],
  [
    () => pipeline((item) => item, { run: (item) => item, capacity: 0 }),
    'capacity of stage 2 must be a number of at least 1, got 0',
  ],
  [() => pipeline({ run: (item) => item, concurrency: Infinity }), 'concurrency of stage 1 must be finite'],
  [() => (pipeline as (...stages: never[]) => unknown)(), 'a pipeline needs at least one stage'],
  [() => pipeline((item) => item).collect([], { onError: 5 as never }), 'onError must be a function, got 5'],
] as const)('%s is refused: %s', ([call, message]) => {
  expect(call).toThrow(new ArgumentError(message));
});
