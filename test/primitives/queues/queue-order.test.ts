// What priority and last-in-first-out queues do on their own account.
import { afterEach, expect, test, vi } from 'vitest';
import { createTask, LifoQueue, PriorityQueue, type Queue } from '../../../src/index.ts';
import { recordMessages } from '../../support/messages.ts';
import { expectNothingLeft, rejection, turn } from '../../support/turn.ts';

afterEach(expectNothingLeft);

interface Job {
  readonly name: string;
  readonly due: number;
}

const jobs = ['b2', 'a1', 'c2', 'd1', 'e3', 'f2'].map((text): Job => ({ name: text, due: Number(text[1]) }));

function drain<Item>(queue: Queue<Item>): Item[] {
  const items: Item[] = [];
  while (!queue.empty) items.push(queue.getNowait());
  return items;
}

function named(name: string, queue: Queue<number>, work: () => Promise<unknown>): void {
  createTask(() => work().catch(() => queue.depth), { name });
}

test.each([
  ['priority', () => new PriorityQueue<Job>({ priority: ({ due }) => due })],
  ['compare', () => new PriorityQueue<Job>({ compare: (one, other) => one.due - other.due })],
])('among equals by %s what was put first comes first', (_, make) => {
  const queue = make();
  for (const job of jobs) queue.putNowait(job);
  expect(drain(queue).map(({ name }) => name)).toEqual(['a1', 'd1', 'b2', 'c2', 'f2', 'e3']);
});

test('items may be compared by anything: strings, bigints, dates, the other way round', () => {
  const words = new PriorityQueue<string>({ compare: (one, other) => other.localeCompare(one) });
  for (const word of ['b', 'c', 'a']) words.putNowait(word);
  const dates = new PriorityQueue<Date>({ priority: (date) => date.getTime() });
  for (const day of [3, 1, 2]) dates.putNowait(new Date(2026, 0, day));
  expect([drain(words), drain(dates).map((date) => date.getDate())]).toEqual([
    ['c', 'b', 'a'],
    [1, 2, 3],
  ]);
});

test('a comparison that gives no number counts as equal, as for sort', () => {
  const queue = new PriorityQueue<string>({ compare: () => NaN });
  for (const item of ['b', 'c', 'a']) queue.putNowait(item);
  expect(drain(queue)).toEqual(['b', 'c', 'a']);
});

test('infinite priorities are first and last', () => {
  const queue = new PriorityQueue<number>({ priority: (item) => item });
  for (const item of [1, Infinity, -Infinity, 0, -0, -1]) queue.putNowait(item);
  expect(drain(queue)).toEqual([-Infinity, -1, 0, -0, 1, Infinity]);
});

test('the priority of an item is asked once, when it goes in', () => {
  const asked: string[] = [];
  const queue = new PriorityQueue<Job>({
    priority({ name, due }) {
      asked.push(name);
      return due;
    },
  });
  for (const job of jobs) queue.putNowait(job);
  drain(queue);
  expect(asked).toEqual(jobs.map(({ name }) => name));
});

test('an item without a priority is refused, also where somebody waits for one', async () => {
  const queue = new PriorityQueue<number>({ priority: (item) => item });
  const getter = queue.get();
  const wrong = expect.objectContaining({
    code: 'ERR_LOOPSCOPE_ARGUMENT',
    message: 'the priority of an item must be a number, got NaN',
  }) as unknown;
  expect(await rejection(queue.put(NaN))).toEqual(wrong);
  expect(() => queue.putNowait(NaN)).toThrow(wrong);
  queue.putNowait(1);
  expect([await getter, queue.statistics()]).toEqual([1, expect.objectContaining({ put: 1, taken: 1, unfinished: 1 })]);
});

test('a comparison that throws fails the put or get which called it, and changes nothing', async () => {
  let broken = false;
  const queue = new PriorityQueue<number>({
    compare(one, other) {
      if (broken) throw new Error('cannot compare');
      return one - other;
    },
  });
  for (const item of [4, 2, 5, 1, 3]) queue.putNowait(item);
  broken = true;
  expect(() => queue.putNowait(0)).toThrow('cannot compare');
  expect(() => queue.getNowait()).toThrow('cannot compare');
  expect([await rejection(queue.put(0)), await rejection(queue.get())]).toEqual([
    new Error('cannot compare'),
    new Error('cannot compare'),
  ]);
  expect(queue.statistics()).toMatchObject({ depth: 5, put: 5, taken: 0, unfinished: 5 });
  broken = false;
  expect(drain(queue)).toEqual([1, 2, 3, 4, 5]);
});

test('a waiting item that cannot be compared fails its own put alone, and the next in line gets the room', async () => {
  const queue = new PriorityQueue<number>({
    maxsize: 2,
    compare(one, other) {
      if (one === 13 || other === 13) throw new Error('unlucky');
      return one - other;
    },
  });
  queue.putNowait(1);
  queue.putNowait(2);
  const unlucky = rejection(queue.put(13));
  const lucky = queue.put(0);
  expect(queue.getNowait()).toBe(1);
  expect([await unlucky, await lucky, drain(queue)]).toEqual([new Error('unlucky'), undefined, [0, 2]]);
});

test.each(['putNowait', 'getNowait', 'shutdown'] as const)(
  'a comparison that calls %s of its queue is an error, and loses nothing',
  (method) => {
    let meddles = false;
    const queue = new PriorityQueue<number>({
      compare(one, other) {
        if (meddles) {
          meddles = false;
          if (method === 'putNowait') queue.putNowait(9);
          else if (method === 'getNowait') queue.getNowait();
          else queue.shutdown(true);
        }
        return one - other;
      },
    });
    for (const item of [2, 1, 3]) queue.putNowait(item);
    meddles = true;
    expect(() => queue.putNowait(0)).toThrow(
      expect.objectContaining({
        code: 'ERR_LOOPSCOPE_STATE',
        message: 'compare must not use the queue whose items it compares',
      }),
    );
    expect(drain(queue)).toEqual({ putNowait: [1, 2, 3, 9], getNowait: [2, 3], shutdown: [] }[method]);
  },
);

test('a priority may put items itself', () => {
  const queue: PriorityQueue<number> = new PriorityQueue<number>({
    priority(item) {
      if (item > 0) queue.putNowait(item - 1);
      return item;
    },
  });
  queue.putNowait(3);
  expect(drain(queue)).toEqual([0, 1, 2, 3]);
});

test.each<[unknown, string]>([
  [undefined, 'options must be an object, got undefined'],
  [{}, 'priority (or compare) of a PriorityQueue must be a function, got undefined'],
  [{ priority: 5 }, 'priority (or compare) of a PriorityQueue must be a function, got 5'],
  [{ compare: 'due' }, 'compare must be a function, got "due"'],
  [{ priority: () => 1, compare: () => 0 }, 'a PriorityQueue takes priority or compare, got both'],
])('new PriorityQueue(%s) throws an ArgumentError', (options, message) => {
  expect(() => new PriorityQueue(options as { priority: () => number })).toThrow(
    expect.objectContaining({ code: 'ERR_LOOPSCOPE_ARGUMENT', message }),
  );
});

test('messages of a PriorityQueue name the items by the number of their put', async () => {
  const queue = new PriorityQueue<number>({ name: 'jobs', maxsize: 2, priority: (item) => item });
  const { stop } = recordMessages();
  for (const item of [5, 3]) queue.putNowait(item);
  named('producer', queue, async () => queue.put(1));
  named('consumer', queue, async () => {
    for (let count = 0; count < 4; count++) {
      await queue.get();
      queue.taskDone();
    }
  });
  await turn();
  queue.putNowait(7);
  await turn();
  expect(stop()).toEqual([
    '(main) put 1 into jobs',
    '(main) put 2 into jobs',
    'task producer created',
    'producer waits to put jobs',
    'task consumer created',
    'consumer took 2 from jobs',
    'producer put 3 into jobs',
    'producer waited to put jobs',
    'consumer is done with one of jobs',
    'consumer took 3 from jobs',
    'consumer is done with one of jobs',
    'consumer took 1 from jobs',
    'consumer is done with one of jobs',
    'consumer waits to get jobs',
    'task producer fulfilled',
    '(main) put 4 into jobs',
    'consumer took 4 from jobs',
    'consumer waited to get jobs',
    'consumer is done with one of jobs',
    'task consumer fulfilled',
  ]);
});

test('messages of a LifoQueue name the items by the number of their put, also behind dropped ones', async () => {
  const queue = new LifoQueue<number>({ name: 'pages' });
  for (const item of [1, 2, 3]) queue.putNowait(item);
  const { stop } = recordMessages();
  queue.getNowait();
  queue.putNowait(4);
  drain(queue);
  queue.putNowait(5);
  queue.shutdown(true);
  named('late', queue, async () => queue.put(6));
  await turn();
  expect(stop()).toEqual([
    '(main) took 3 from pages',
    '(main) put 4 into pages',
    '(main) took 4 from pages',
    '(main) took 2 from pages',
    '(main) took 1 from pages',
    '(main) put 5 into pages',
    'task late created',
    'late was refused by pages',
    'task late fulfilled',
  ]);
});

test('a bounded LifoQueue lets the first who waits in on top', async () => {
  const queue = new LifoQueue<number>({ maxsize: 2 });
  const puts = [1, 2, 3, 4].map((item) => queue.put(item));
  const got = drain(queue);
  await Promise.all(puts);
  expect(got).toEqual([2, 3, 4, 1]);
});

test('a heap of a hundred thousand takes and gives in logarithmic time', () => {
  const compare = vi.fn((one: number, other: number) => one - other);
  const queue = new PriorityQueue<number>({ compare });
  const count = 2 ** 17;
  for (let item = count; item > 0; item--) queue.putNowait(item);
  expect(compare.mock.calls.length).toBeLessThanOrEqual(count * 17);
  compare.mockClear();
  for (let item = 1; item <= 1000; item++) queue.getNowait();
  expect(compare.mock.calls.length).toBeLessThanOrEqual(1000 * 2 * 17);
});
