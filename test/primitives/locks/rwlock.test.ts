import * as fc from 'fast-check';
import { inspect } from 'node:util';
import { afterEach, expect, test, vi } from 'vitest';
import { createTask, NotHolderError, RWLock, sleep, takeReport, type Permit } from '../../../src/index.ts';
import {
  asking,
  Askers,
  disturbances,
  expectOutcomes,
  expectWaits,
  which,
  type Asker,
  type Asking,
  type Disturbance,
} from '../../support/askers.ts';
import { recordMessages } from '../../support/messages.ts';
import { holds } from '../../support/property-runs.ts';
import { expectNothingLeft, microtasks, rejection } from '../../support/turn.ts';

afterEach(expectNothingLeft);

const statistics = { kind: 'rwlock', readers: 0, writers: 0, waitingReaders: 0, waitingWriters: 0 };

function holdersOf(lock: RWLock): string[] {
  return Array.from(lock.holders(), ({ task, mode }) => `${task.origin.name} ${mode}s`);
}

test('messages of two readers and a writer', async () => {
  const { stop } = recordMessages();
  const lock = new RWLock({ name: 'cache' });
  const run = async (): Promise<void> => microtasks(2);
  const a = createTask(async () => lock.runRead(run), { name: 'a' });
  const b = createTask(async () => lock.runWrite(run), { name: 'b' });
  const c = createTask(async () => lock.runRead(run), { name: 'c' });
  await microtasks(20);
  expect([a.done, b.done, c.done]).toEqual([true, true, true]);
  expect(stop()).toEqual([
    'rwlock cache created',
    'task a created',
    'a holds cache',
    'task b created',
    'b waits to acquire cache',
    'task c created',
    'c waits to acquire cache',
    'a released cache',
    'b holds cache',
    'b waited to acquire cache',
    'task a fulfilled',
    'b released cache',
    'c holds cache',
    'c waited to acquire cache',
    'task b fulfilled',
    'c released cache',
    'task c fulfilled',
  ]);
});

test('any number may read at a time', async () => {
  const lock = new RWLock();
  const permits = [await lock.acquireRead(), await lock.acquireRead(), lock.tryAcquireRead() as Permit];
  expect(lock.statistics()).toEqual({ ...statistics, readers: 3 });
  for (const permit of permits) permit.release();
  expect([lock.locked, lock.statistics()]).toEqual([false, statistics]);
});

test('who writes is alone', async () => {
  const lock = new RWLock();
  const permit = await lock.acquireWrite();
  expect([lock.tryAcquireRead(), lock.tryAcquireWrite(), lock.locked]).toEqual([null, null, true]);
  const reader = lock.acquireRead();
  const writer = lock.acquireWrite();
  expect(lock.statistics()).toEqual({ ...statistics, writers: 1, waitingReaders: 1, waitingWriters: 1 });
  permit.release();
  (await reader).release();
  (await writer).release();
  expect(lock.locked).toBe(false);
});

test('a writer waits for all who read', async () => {
  const lock = new RWLock();
  const [one, two] = [await lock.acquireRead(), await lock.acquireRead()];
  let wrote = false;
  const writer = lock.runWrite(() => void (wrote = true));
  one.release();
  await microtasks(5);
  expect(wrote).toBe(false);
  two.release();
  await writer;
  expect(wrote).toBe(true);
});

test('a reader that comes after a writer waits for it, though others read: writers do not starve', async () => {
  const lock = new RWLock();
  const order: string[] = [];
  const reading = await lock.acquireRead();
  const writing = lock.runWrite(() => void order.push('writer'));
  const late = lock.runRead(() => void order.push('reader'));
  expect([lock.tryAcquireRead(), lock.statistics().waitingReaders]).toEqual([null, 1]);
  reading.release();
  await Promise.all([writing, late]);
  expect(order).toEqual(['writer', 'reader']);
});

test('writers that come after a reader do not starve it', async () => {
  const lock = new RWLock();
  const order: string[] = [];
  const first = await lock.acquireWrite();
  const all = [
    lock.runRead(() => void order.push('reader')),
    lock.runWrite(() => void order.push('writer 1')),
    lock.runWrite(() => void order.push('writer 2')),
  ];
  first.release();
  await Promise.all(all);
  expect(order).toEqual(['reader', 'writer 1', 'writer 2']);
});

test('readers that wait next to each other read together', async () => {
  const lock = new RWLock();
  const writer = await lock.acquireWrite();
  const readers = [lock.acquireRead(), lock.acquireRead(), lock.acquireRead()];
  const next = lock.acquireWrite();
  const later = lock.acquireRead();
  writer.release();
  expect(lock.statistics()).toEqual({ ...statistics, readers: 3, waitingReaders: 1, waitingWriters: 1 });
  for (const permit of await Promise.all(readers)) permit.release();
  expect(lock.statistics()).toEqual({ ...statistics, writers: 1, waitingReaders: 1 });
  (await next).release();
  (await later).release();
});

/** What a wait is rejected with. */
const endings = {
  cancellation: expect.objectContaining({ code: 'ERR_LOOPSCOPE_CANCELLED' }) as unknown,
  signal: 'enough',
  timeout: expect.objectContaining({ code: 'ERR_LOOPSCOPE_TIMEOUT' }) as unknown,
};

test.each(['cancellation', 'signal', 'timeout'] as const)(
  'a writer that gives up by %s lets those in who waited for it alone',
  async (how) => {
    vi.useFakeTimers();
    const lock = new RWLock({ name: 'cache' });
    const reading = await lock.acquireRead();
    const controller = new AbortController();
    const writer = createTask(async () =>
      lock.acquireWrite(how === 'timeout' ? { timeout: 5 } : { signal: controller.signal }),
    );
    const failed = rejection(writer);
    const reader = lock.acquireRead();
    const other = lock.acquireRead();
    if (how === 'cancellation') writer.cancel();
    else if (how === 'signal') controller.abort('enough');
    else vi.advanceTimersByTime(5);
    expect(lock.statistics()).toEqual({ ...statistics, readers: 3 });
    for (const permit of [reading, await reader, await other]) permit.release();
    expect(await failed).toEqual(endings[how]);
  },
);

test('a writer that gives up in the middle of the line moves nobody', async () => {
  const lock = new RWLock();
  const writing = await lock.acquireWrite();
  const controller = new AbortController();
  const reader = lock.acquireRead();
  const failed = rejection(lock.acquireWrite({ signal: controller.signal }));
  controller.abort('enough');
  expect([await failed, lock.statistics()]).toEqual(['enough', { ...statistics, writers: 1, waitingReaders: 1 }]);
  writing.release();
  (await reader).release();
});

test('the timeout of a reader says what it waited for', async () => {
  vi.useFakeTimers();
  const lock = new RWLock({ name: 'cache' });
  const writing = await lock.acquireWrite();
  const failed = rejection(lock.acquireRead({ timeout: 5 }));
  vi.advanceTimersByTime(5);
  expect(await failed).toMatchObject({ message: 'acquire rwlock cache: timed out after 5 ms' });
  writing.release();
});

test('a permit that is released twice, by hand or by disposal, is given back once', async () => {
  const lock = new RWLock();
  const [one, two] = [await lock.acquireRead(), await lock.acquireRead()];
  one.release();
  one.release();
  one[Symbol.dispose]();
  expect(lock.statistics().readers).toBe(1);
  two[Symbol.dispose]();
  expect(lock.locked).toBe(false);
});

test('a hold says its mode', async () => {
  const lock = new RWLock();
  await createTask(
    async () => {
      const permit = await lock.acquireRead();
      expect([holdersOf(lock), permit.mode]).toEqual([['a reads'], 'read']);
      lock.release();
      const other = await lock.acquireWrite();
      expect([holdersOf(lock), other.mode]).toEqual([['a writes'], 'write']);
      lock.release();
    },
    { name: 'a' },
  );
  expect(lock.locked).toBe(false);
});

test('release is for those who hold it; the error names who does', async () => {
  const lock = new RWLock({ name: 'cache' });
  const nobody = await rejection(createTask(async () => lock.release()));
  const hold = async (): Promise<void> => {
    await lock.acquireRead();
    await sleep(Infinity).catch(() => lock.release());
  };
  const one = createTask(hold, { name: 'one' });
  const thief = createTask(async () => lock.release(), { name: 'thief' });
  const single = await rejection(thief);
  const two = createTask(hold, { name: 'two' });
  const other = createTask(async () => lock.release(), { name: 'other' });
  expect([nobody, single, await rejection(other)]).toEqual([
    new NotHolderError('rwlock cache is released, but nobody holds it', null),
    new NotHolderError(`rwlock cache is released by thief #${thief.id}, but one #${one.id} holds it`, one),
    new NotHolderError(`rwlock cache is released by other #${other.id}, but one #${one.id} and 1 more hold it`, one),
  ]);
  one.cancel();
  two.cancel();
  await Promise.all([one, two]);
  expect(lock.locked).toBe(false);
});

test('runRead and runWrite give back when their function throws, and hand on result and error', async () => {
  const lock = new RWLock();
  expect([await lock.runRead(() => 1), await lock.runWrite(async () => 2)]).toEqual([1, 2]);
  const fail = (): never => {
    throw new Error('at once');
  };
  expect([await rejection(lock.runRead(fail)), await rejection(lock.runWrite(fail))]).toEqual([
    new Error('at once'),
    new Error('at once'),
  ]);
  expect(lock.locked).toBe(false);
});

test('a signal that is aborted already and a cancellation that is due come before a free lock', async () => {
  const lock = new RWLock();
  const signal = AbortSignal.abort('before');
  expect([
    await rejection(lock.acquireRead({ signal })),
    await rejection(lock.acquireWrite({ signal })),
    await rejection(lock.runWrite(() => expect.unreachable(), { signal })),
  ]).toEqual(['before', 'before', 'before']);
  const task = createTask(async () => {
    await null;
    await lock.acquireWrite();
  });
  task.cancel();
  await rejection(task);
  expect(lock.locked).toBe(false);
});

test.each<[unknown, string]>([
  [{ timeout: -1 }, 'timeout must be a number of at least 0, got -1'],
  [{ signal: 1 }, 'signal must be an AbortSignal, got 1'],
  ['read', 'options must be an object, got "read"'],
])('options %s are refused', async (options, message) => {
  const lock = new RWLock();
  for (const asked of [
    lock.acquireRead(options as object),
    lock.acquireWrite(options as object),
    lock.runRead(() => {}, options as object),
  ])
    expect(await rejection(asked)).toMatchObject({ code: 'ERR_LOOPSCOPE_ARGUMENT', message });
  expect(() => lock.runRead(1 as unknown as () => void)).toThrow('must be a function, got 1');
});

test('in one line it says how it is held', async () => {
  const lock = new RWLock({ name: 'cache' });
  const lines = [inspect(lock)];
  const reading = [await lock.acquireRead(), await lock.acquireRead()];
  lines.push(inspect(lock));
  const writer = lock.acquireWrite();
  lines.push(inspect(lock));
  for (const permit of reading) permit.release();
  lines.push(inspect({ lock }));
  (await writer).release();
  expect([...lines, new RWLock().name]).toEqual([
    '<RWLock cache unlocked>',
    '<RWLock cache locked, readers: 2>',
    '<RWLock cache locked, readers: 2, waiters: 1>',
    '{ lock: <RWLock cache locked, writers: 1> }',
    'rwlock',
  ]);
});

test('statistics are frozen', () => {
  expect(Object.isFrozen(new RWLock().statistics())).toBe(true);
});

test('it is in the report with the modes of its holders and its line', async () => {
  const lock = new RWLock({ name: 'cache' });
  const start = (name: string, mode: 'Read' | 'Write'): ReturnType<typeof createTask> =>
    createTask(async () => (await lock[`acquire${mode}`]()).release(), { name });
  const reading = await lock.acquireRead();
  const tasks = [start('w', 'Write'), start('r', 'Read')];
  const entry = takeReport().resources.find(({ id }) => id === lock.id);
  expect([entry?.holders[0]?.mode, entry?.line?.map(({ task, mode }) => `${task.name} ${mode}`)]).toEqual([
    'read',
    ['w write', 'r read'],
  ]);
  reading.release();
  await Promise.all(tasks);
});

type Mode = 'read' | 'write';
type Step =
  | Disturbance
  | ({ readonly do: 'acquire'; readonly mode: Mode } & Asking)
  | { readonly do: 'try'; readonly mode: Mode }
  | { readonly do: 'release'; readonly which: number };

const mode = fc.constantFrom('read' as const, 'write');
const steps = fc.array<Step>(
  fc.oneof(
    { arbitrary: fc.record({ do: fc.constant('acquire' as const), mode, ...asking }), weight: 2 },
    fc.record({ do: fc.constant('try' as const), mode }),
    fc.record({ do: fc.constant('release' as const), which }),
    ...disturbances,
  ),
  { maxLength: 60 },
);

test('whatever happens in whatever order, a lock for reading and writing does what its model does', async () => {
  const property = fc.asyncProperty(steps, async (script) => {
    const lock = new RWLock();
    const holders: { name: string; mode: string }[] = [];
    let line: { asker: Asker; mode: string }[] = [];
    const tries: [got: boolean, expected: boolean][] = [];
    const askers = new Askers((asker) => {
      line = line.filter((each) => each.asker !== asker);
      serve();
    });
    const lets = (wanted: string): boolean =>
      wanted === 'write' ? holders.length === 0 : holders.every((holder) => holder.mode === 'read');
    function serve(): void {
      for (let next = line[0]; next !== undefined && lets(next.mode); next = line[0]) {
        next.asker.expected = 'granted';
        holders.push({ name: next.asker.name, mode: next.mode });
        line.shift();
      }
    }
    function release(index: number): void {
      const hold = [...lock.holders()][index % holders.length] as Permit;
      holders.splice(index % holders.length, 1);
      hold.release();
      serve();
    }
    for (const step of script) {
      if (step.do === 'acquire') {
        const acquire = step.mode === 'read' ? lock.acquireRead.bind(lock) : lock.acquireWrite.bind(lock);
        line.push({
          asker: askers.start(async (options) => (await acquire(options), 'granted'), step),
          mode: step.mode,
        });
        serve();
      } else if (step.do === 'try') {
        const free = line.length === 0 && lets(step.mode);
        tries.push([(step.mode === 'read' ? lock.tryAcquireRead() : lock.tryAcquireWrite()) !== null, free]);
        if (free) holders.push({ name: '(main)', mode: step.mode });
      } else if (step.do === 'release') {
        if (holders.length > 0) release(step.which);
      } else await askers.disturb(step);
      // no writer beside anybody, whatever the model says
      const held = Array.from(lock.holders(), (hold) => ({ name: hold.task.origin.name, mode: hold.mode as string }));
      expect(held.length < 2 || held.every((hold) => hold.mode === 'read')).toBe(true);
      const writers = held.filter((hold) => hold.mode === 'write').length;
      const waitingWriters = line.filter((each) => each.mode === 'write').length;
      expect([held, lock.statistics()]).toEqual([
        holders,
        {
          kind: 'rwlock',
          readers: held.length - writers,
          writers,
          waitingReaders: line.length - waitingWriters,
          waitingWriters,
        },
      ]);
      expectWaits(askers, 'acquire');
    }
    while (holders.length > 0) release(0);
    expect(tries.filter(([got, expected]) => got !== expected)).toEqual([]);
    await expectOutcomes(askers);
  });
  expect(await holds(property)).toBe(true);
});
