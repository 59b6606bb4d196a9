import * as fc from 'fast-check';
import { inspect } from 'node:util';
import { afterEach, expect, test, vi } from 'vitest';
import { createTask, Lock, NotHolderError, sleep, type Permit } from '../../../src/index.ts';
import { recordMessages } from '../../support/messages.ts';
import { compareWithModel, steps } from '../../support/permit-model.ts';
import { holds } from '../../support/property-runs.ts';
import { expectNothingLeft, microtasks, rejection } from '../../support/turn.ts';

afterEach(expectNothingLeft);

test('messages of two tasks which want the same lock', async () => {
  const { stop } = recordMessages();
  const lock = new Lock({ name: 'accounts' });
  const a = createTask(async () => lock.run(async () => microtasks(1)), { name: 'a' });
  const b = createTask(async () => lock.run(() => {}), { name: 'b' });
  await Promise.allSettled([a, b]);
  expect(stop()).toEqual([
    'lock accounts created',
    'task a created',
    'a holds accounts',
    'task b created',
    'b waits to acquire accounts',
    '(main) waits to await a',
    '(main) waits to await b',
    'a released accounts',
    'b holds accounts',
    'b waited to acquire accounts',
    'b released accounts',
    'task a fulfilled',
    '(main) waited to await a',
    'task b fulfilled',
    '(main) waited to await b',
  ]);
});

test('a lock says who holds it: a task, the root task, or nobody', async () => {
  const lock = new Lock();
  expect([lock.name, lock.locked, lock.holder]).toEqual(['lock', false, null]);
  await createTask(
    async () => {
      const permit = await lock.acquire();
      expect([lock.locked, lock.holder?.origin.name, lock.tryAcquire()]).toEqual([true, 'a', null]);
      permit.release();
    },
    { name: 'a' },
  );
  const permit = lock.tryAcquire();
  expect([lock.locked, lock.holder?.id, lock.statistics()]).toEqual([
    true,
    0,
    { kind: 'lock', permits: 1, held: 1, waiters: 0 },
  ]);
  permit?.release();
  expect(lock.locked).toBe(false);
});

test('it is handed on in order of asking, and nobody barges in between release and hand-over', async () => {
  const lock = new Lock();
  const order: string[] = [];
  const first = await lock.acquire();
  const waiting = ['a', 'b', 'c'].map(async (name) => {
    const permit = await lock.acquire();
    order.push(name);
    permit.release();
  });
  first.release();
  expect([lock.locked, lock.tryAcquire()]).toEqual([true, null]);
  waiting.push(lock.run(() => void order.push('d')));
  await Promise.all(waiting);
  expect(order).toEqual(['a', 'b', 'c', 'd']);
});

test('a task which acquires a lock that it holds waits for itself', async () => {
  const lock = new Lock();
  const task = createTask(async () => lock.run(async () => lock.acquire()));
  await microtasks(3);
  expect([lock.statistics().waiters, lock.holder, task.waits?.on]).toEqual([1, task, lock]);
  task.cancel();
  await rejection(task);
  expect(lock.locked).toBe(false);
});

test('a permit that is released twice, by hand or by disposal, is given back once', async () => {
  const lock = new Lock();
  const permit = await lock.acquire();
  const second = lock.acquire();
  permit.release();
  permit.release();
  permit[Symbol.dispose]();
  expect(lock.statistics()).toEqual({ kind: 'lock', permits: 1, held: 1, waiters: 0 });
  (await second)[Symbol.dispose]();
  expect(lock.locked).toBe(false);
});

test('release is for the holder; the error names who holds it', async () => {
  const lock = new Lock({ name: 'accounts' });
  const nobody = await rejection(createTask(async () => lock.release()));
  const holder = createTask(
    async () => {
      await lock.acquire();
      await sleep(Infinity).catch(() => lock.release());
    },
    { name: 'holder' },
  );
  const thief = createTask(async () => lock.release(), { name: 'thief' });
  const somebody = await rejection(thief);
  expect([nobody, somebody]).toEqual([
    new NotHolderError('lock accounts is released, but nobody holds it', null),
    new NotHolderError(`lock accounts is released by thief #${thief.id}, but holder #${holder.id} holds it`, holder),
  ]);
  holder.cancel();
  await holder;
  expect(lock.locked).toBe(false);
});

test('run gives the lock back when its function throws, and hands on result and error', async () => {
  const lock = new Lock();
  expect(await lock.run(() => 1)).toBe(1);
  expect(await rejection(lock.run(() => Promise.reject(new Error('no'))))).toEqual(new Error('no'));
  expect(
    await rejection(
      lock.run(() => {
        throw new Error('at once');
      }),
    ),
  ).toEqual(new Error('at once'));
  expect(lock.locked).toBe(false);
});

test('a waiter leaves the line by signal, timeout and cancellation, and the next one gets the lock', async () => {
  vi.useFakeTimers();
  const lock = new Lock({ name: 'accounts' });
  const permit = await lock.acquire();
  const controller = new AbortController();
  const signalled = rejection(lock.acquire({ signal: controller.signal }));
  const timed = rejection(lock.acquire({ timeout: 50 }));
  const cancelled = createTask(async () => lock.acquire());
  const last = lock.acquire();
  controller.abort('stop');
  vi.advanceTimersByTime(49);
  expect(lock.statistics().waiters).toBe(3);
  vi.advanceTimersByTime(1);
  cancelled.cancel();
  expect(lock.statistics().waiters).toBe(1);
  permit.release();
  (await last).release();
  expect([await signalled, (await timed) as Error, (await rejection(cancelled)) as Error]).toEqual([
    'stop',
    expect.objectContaining({
      code: 'ERR_LOOPSCOPE_TIMEOUT',
      message: 'acquire lock accounts: timed out after 50 ms',
    }),
    expect.objectContaining({ code: 'ERR_LOOPSCOPE_CANCELLED' }),
  ]);
  expect(vi.getTimerCount()).toBe(0);
});

test('a cancellation in the same turn as the hand-over loses no lock', async () => {
  const lock = new Lock();
  const permit = await lock.acquire();
  const task = createTask(async () =>
    lock.run(async () => {
      await sleep(0);
    }),
  );
  permit.release();
  expect(lock.holder).toBe(task);
  task.cancel();
  expect(await rejection(task)).toMatchObject({ code: 'ERR_LOOPSCOPE_CANCELLED' });
  expect(lock.locked).toBe(false);
});

test('a signal that is aborted already and a cancellation that is due come before a free lock', async () => {
  const lock = new Lock();
  expect(await rejection(lock.acquire({ signal: AbortSignal.abort('before') }))).toBe('before');
  const task = createTask(async () => {
    await null;
    await lock.acquire();
  });
  task.cancel();
  await rejection(task);
  expect(lock.locked).toBe(false);
});

test('a timeout that timers do not know is waited for, and Infinity is none', async () => {
  vi.useFakeTimers();
  const lock = new Lock();
  const permit = await lock.acquire();
  const long = rejection(lock.acquire({ timeout: 2 ** 31 + 5 }));
  const never = lock.acquire({ timeout: Infinity });
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(2 ** 31 + 4);
  expect(lock.statistics().waiters).toBe(2);
  vi.advanceTimersByTime(1);
  expect([lock.statistics().waiters, await long]).toEqual([1, expect.objectContaining({ name: 'TimeoutError' })]);
  permit.release();
  (await never).release();
});

test('of a waiter that is cancelled and a release in the same turn, the next in line profits', async () => {
  const lock = new Lock();
  const permit = await lock.acquire();
  const order: string[] = [];
  const start = (name: string): ReturnType<typeof createTask> =>
    createTask(async () => lock.run(() => void order.push(name)), { name });
  const [b, c] = [start('b'), start('c')];
  b.cancel();
  permit.release();
  await c;
  expect([await rejection(b), order, lock.locked]).toEqual([
    expect.objectContaining({ code: 'ERR_LOOPSCOPE_CANCELLED' }),
    ['c'],
    false,
  ]);
});

test('a release and then a cancellation of the one that got the lock: it has it, and gives it back', async () => {
  const lock = new Lock();
  const permit = await lock.acquire();
  const order: string[] = [];
  const start = (name: string): ReturnType<typeof createTask> =>
    createTask(async () => lock.run(() => void order.push(name)), { name });
  const [b, c] = [start('b'), start('c')];
  permit.release();
  b.cancel();
  await Promise.all([b, c]);
  expect([order, lock.locked]).toEqual([['b', 'c'], false]);
});

test('a waiter that ends in the middle of the line leaves the order of the others', async () => {
  const lock = new Lock();
  const permit = await lock.acquire();
  const order: number[] = [];
  const controllers = [0, 1, 2, 3, 4].map(() => new AbortController());
  const waiting = controllers.map(async ({ signal }, number) => lock.run(() => void order.push(number), { signal }));
  const settled = Promise.allSettled(waiting);
  controllers[1]?.abort();
  controllers[3]?.abort();
  permit.release();
  await settled;
  expect([order, lock.locked]).toEqual([[0, 2, 4], false]);
});

test('run calls its function at once if the lock is free, as an async function would', async () => {
  const lock = new Lock();
  let called = false;
  const running = lock.run(() => void (called = true));
  expect(called).toBe(true);
  await running;
});

test('a run that is cancelled while nobody awaits it is no unhandled rejection', async () => {
  const lock = new Lock();
  const permit = await lock.acquire();
  const task = createTask(async () => {
    const running = lock.run(() => {});
    await microtasks(10);
    await running;
  });
  task.cancel();
  expect(await rejection(task)).toMatchObject({ code: 'ERR_LOOPSCOPE_CANCELLED' });
  permit.release();
});

test('what runs on in a task that has settled acquires and releases outside of all tasks', async () => {
  const lock = new Lock();
  const permit = await lock.acquire();
  let running: Promise<void> | null = null;
  await createTask(async () => {
    running = (async () => {
      await microtasks(10);
      await lock.acquire();
      expect(lock.holder?.id).toBe(0);
      lock.release();
    })();
  });
  await microtasks(20);
  permit.release();
  await running;
  expect(lock.locked).toBe(false);
});

test('a permit may be released by whoever has it, in whatever task', async () => {
  const lock = new Lock();
  const permit = await createTask(async () => lock.acquire());
  await createTask(async () => permit.release());
  expect(lock.locked).toBe(false);
});

// Node 22 does not know the syntax: there the test is not there.
test.each('DisposableStack' in globalThis ? ['using and await using'] : [])('%s give it back', async () => {
  const source = `export const both = async (lock) => {
    { using permit = await lock.acquire(); }
    const free = !lock.locked;
    { await using permit = await lock.acquire(); }
    return [free, !lock.locked];
  };`;
  const { both } = (await import(`data:text/javascript,${encodeURIComponent(source)}`)) as {
    both: (lock: Lock) => Promise<boolean[]>;
  };
  expect(await both(new Lock())).toEqual([true, true]);
});

test('in one line it says whether it is locked, and how many wait', async () => {
  const lock = new Lock({ name: 'stock' });
  const lines = [inspect(lock)];
  const permit = await lock.acquire();
  lines.push(inspect(lock));
  const waiting = [lock.run(() => {}), lock.run(() => {}), lock.run(() => {})];
  lines.push(inspect(lock), inspect([lock]));
  permit.release();
  await Promise.all(waiting);
  expect(lines).toEqual([
    '<Lock stock unlocked>',
    '<Lock stock locked>',
    '<Lock stock locked, waiters: 3>',
    '[ <Lock stock locked, waiters: 3> ]',
  ]);
});

test('statistics are frozen', () => {
  expect(Object.isFrozen(new Lock().statistics())).toBe(true);
});

test.each<[unknown, string]>([
  [{ timeout: '5' }, 'timeout must be a number of at least 0, got "5"'],
  [{ timeout: -1 }, 'timeout must be a number of at least 0, got -1'],
  [{ timeout: NaN }, 'timeout must be a number of at least 0, got NaN'],
  [{ signal: 'stop' }, 'signal must be an AbortSignal, got "stop"'],
  [5, 'options must be an object, got 5'],
])('acquire(%s) rejects with an ArgumentError, whether the lock is free or not', async (options, message) => {
  const lock = new Lock();
  const error = expect.objectContaining({ code: 'ERR_LOOPSCOPE_ARGUMENT', message }) as unknown;
  const free: unknown = await rejection(lock.acquire(options as object));
  const permit: Permit = await lock.acquire();
  const taken: unknown = await rejection(lock.acquire(options as object));
  expect([free, taken, lock.statistics().waiters]).toEqual([error, error, 0]);
  permit.release();
});

test('a constructor takes options only', () => {
  for (const wrong of ['name', null, 1])
    expect(() => new Lock(wrong as unknown as object)).toThrow('options must be an object');
  expect(() => new Lock({ name: 1 as unknown as string })).toThrow('name must be a string, got 1');
  expect(() => new Lock().run(1 as unknown as () => void)).toThrow(
    'the function to run under a lock must be a function',
  );
});

test('whatever happens in whatever order, a lock does what its model does', async () => {
  expect(await holds(fc.asyncProperty(steps, async (script) => compareWithModel(new Lock(), 1, script)))).toBe(true);
});
