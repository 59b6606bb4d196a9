import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { poolCreated, type PoolCreation } from '../../src/channels/resource.ts';
import {
  ArgumentError,
  createTask,
  Loan,
  ResourcePool,
  run,
  StateError,
  takeReport,
  TimeoutError,
  type PoolStatistics,
  type ResourcePoolOptions,
} from '../../src/index.ts';
import { recordMessages } from '../support/messages.ts';
import { runProgram } from '../support/run-program.ts';
import { expectNoTimersLeft, rejection, turn } from '../support/turn.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(expectNoTimersLeft);

/** A pool of numbers, counted up from 1, which notes what happens to them. */
function numbers(options: Partial<ResourcePoolOptions<number>> = {}): {
  readonly pool: ResourcePool<number>;
  readonly log: string[];
} {
  const log: string[] = [];
  let last = 0;
  const pool = new ResourcePool<number>({
    name: 'numbers',
    create: () => ++last,
    destroy: (value) => void log.push(`destroyed ${value}`),
    onError: (error, during) => void log.push(`${during}: ${String(error)}`),
    ...options,
  });
  return { pool, log };
}

/** The statistics that are not 0. */
function counts(pool: { readonly statistics: () => PoolStatistics }): Partial<PoolStatistics> {
  const { kind: _, least: __, most: ___, ...rest } = pool.statistics();
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== 0));
}

test('messages of a pool: made for the first, handed on to the second', async () => {
  const { stop } = recordMessages();
  const { pool } = numbers({ max: 1 });
  const first = createTask(
    async () => {
      const loan = await pool.acquire();
      await turn();
      loan[Symbol.dispose]();
      return loan.value;
    },
    { name: 'first' },
  );
  const second = createTask(() => pool.run((value) => value), { name: 'second' });
  expect([await Promise.all([first, second]), await pool.close(), stop()]).toEqual([
    [1, 1],
    undefined,
    [
      'pool numbers created',
      'task first created',
      'first waits to acquire numbers',
      'task create numbers created',
      'task second created',
      'second waits to acquire numbers',
      'task create numbers started',
      '(main) waits to await first',
      '(main) waits to await second',
      'first holds numbers',
      'first waited to acquire numbers',
      'task create numbers fulfilled',
      'first released numbers',
      'second holds numbers',
      'second waited to acquire numbers',
      'task first fulfilled',
      'second released numbers',
      '(main) waited to await first',
      'task second fulfilled',
      '(main) waited to await second',
    ],
  ]);
});

test('what was given back is lent again, the one used last first', async () => {
  const { pool } = numbers();
  const [one, two] = [await pool.acquire(), await pool.acquire()];
  two.release();
  one.release();
  const again = await pool.acquire();
  expect([one.value, two.value, again.value, counts(pool)]).toEqual([1, 2, 1, { borrowed: 1, idle: 1, created: 2 }]);
  again.release();
  await pool.close();
});

test('a loan says who has it, since when, and where it was asked for', async () => {
  const { pool } = numbers({ max: 1 });
  const holder = createTask(() => pool.acquire(), { name: 'holder' });
  const loan = await holder;
  const waiter = createTask(() => pool.acquire(), { name: 'waiter' });
  const report = takeReport();
  const entry = report.resources.find(({ name }) => name === 'numbers');
  expect(loan).toBeInstanceOf(Loan);
  expect([
    entry?.holders.map(({ task, settled, at }) => [task.name, settled, at?.file.split('/').at(-1)]),
    report.tasks.find(({ name }) => name === 'waiter')?.waits.map(({ kind, on }) => [kind, on?.type, on?.name]),
  ]).toEqual([[['holder', true, 'resource-pool.test.ts']], [['acquire', 'resource', 'numbers']]]);
  loan.release();
  (await waiter).release();
  await pool.close();
});

test('a loan that was given back is not given back again', async () => {
  const { pool } = numbers({ max: 1 });
  const first = await pool.acquire();
  first.release();
  const second = await pool.acquire();
  first.release();
  first.destroy();
  first[Symbol.dispose]();
  expect(counts(pool)).toEqual({ borrowed: 1, created: 1 });
  second.release();
  await pool.close();
});

test('a loan and a pool can be disposed of, as using and await using do', async () => {
  const { pool } = numbers({ max: 1 });
  const first = await pool.acquire();
  first[Symbol.dispose]();
  expect(counts(pool)).toEqual({ idle: 1, created: 1 });
  const second = await pool.acquire();
  await second[Symbol.asyncDispose]();
  expect(counts(pool)).toEqual({ idle: 1, created: 1 });
  await pool[Symbol.asyncDispose]();
  expect(counts(pool)).toEqual({ created: 1, destroyed: 1 });
});

test('one whose time is over while it is looked at ends, though it is good', async () => {
  const check = Promise.withResolvers<boolean>();
  const { pool, log } = numbers({ max: 1, maxLifetime: 100, validate: () => check.promise });
  (await pool.acquire()).release();
  const waiting = pool.acquire();
  vi.advanceTimersByTime(100);
  check.resolve(true);
  const loan = await waiting;
  expect([loan.value, log]).toEqual([2, ['destroyed 1']]);
  loan.release();
  await pool.close();
});

test('run gives back when its function fails, and passes the failure on', async () => {
  const { pool } = numbers({ max: 1 });
  expect(
    await rejection(
      pool.run(() => {
        throw new Error('no');
      }),
    ),
  ).toEqual(new Error('no'));
  expect(counts(pool)).toEqual({ idle: 1, created: 1 });
  await pool.close();
});

test('what was given back as broken is destroyed, and another is made for who waits', async () => {
  const { pool, log } = numbers({ max: 1 });
  const broken = await pool.acquire();
  const waiting = pool.acquire();
  broken.destroy();
  const loan = await waiting;
  expect([loan.value, log]).toEqual([2, ['destroyed 1']]);
  loan.release();
  await pool.close();
});

test('min are made at once and kept, without anybody who asks', async () => {
  const { pool } = numbers({ min: 2, idleTimeout: 10 });
  await turn();
  expect(counts(pool)).toEqual({ idle: 2, created: 2 });
  vi.advanceTimersByTime(1000);
  expect(counts(pool)).toEqual({ idle: 2, created: 2 });
  await pool.close();
});

test('idle ones above min end when their time is over, not before', async () => {
  const { pool, log } = numbers({ min: 1, idleTimeout: 100 });
  const loans = await Promise.all([pool.acquire(), pool.acquire(), pool.acquire()]);
  for (const loan of loans) loan.release();
  vi.advanceTimersByTime(99);
  expect(counts(pool)).toEqual({ idle: 3, created: 3 });
  vi.advanceTimersByTime(1);
  expect([counts(pool), log]).toEqual([{ idle: 1, created: 3, destroyed: 2 }, ['destroyed 1', 'destroyed 2']]);
  await pool.close();
});

test('the time of an idle one begins anew when it is given back', async () => {
  const { pool } = numbers({ idleTimeout: 100 });
  (await pool.acquire()).release();
  vi.advanceTimersByTime(60);
  (await pool.acquire()).release();
  vi.advanceTimersByTime(99);
  expect(counts(pool)).toEqual({ idle: 1, created: 1 });
  vi.advanceTimersByTime(1);
  expect(counts(pool)).toEqual({ created: 1, destroyed: 1 });
  await pool.close();
});

test('with slow ends no more than those above min end', async () => {
  const { pool } = numbers({
    min: 1,
    idleTimeout: 100,
    destroy: () => new Promise((resolve) => setTimeout(resolve, 50)),
  });
  const loans = await Promise.all([pool.acquire(), pool.acquire(), pool.acquire()]);
  for (const loan of loans) loan.release();
  vi.advanceTimersByTime(100);
  expect(counts(pool)).toEqual({ idle: 1, created: 3 });
  vi.advanceTimersByTime(50);
  await turn();
  expect(counts(pool)).toEqual({ idle: 1, created: 3, destroyed: 2 });
  const closed = pool.close();
  vi.advanceTimersByTime(50);
  await closed;
});

test('one that has lived long enough ends: an idle one at once, a borrowed one when it is given back', async () => {
  const { pool, log } = numbers({ maxLifetime: 100, idleTimeout: Infinity });
  const [lent, idle] = [await pool.acquire(), await pool.acquire()];
  idle.release();
  vi.advanceTimersByTime(100);
  expect([counts(pool), log]).toEqual([{ borrowed: 1, created: 2, destroyed: 1 }, ['destroyed 2']]);
  lent.release();
  expect([counts(pool), log]).toEqual([{ created: 2, destroyed: 2 }, ['destroyed 2', 'destroyed 1']]);
  await pool.close();
});

test('an idle one that is not good any more is destroyed, and the next is taken', async () => {
  const bad = new Set<number>();
  const { pool, log } = numbers({ validate: (value) => !bad.has(value) });
  const loans = await Promise.all([pool.acquire(), pool.acquire(), pool.acquire()]);
  for (const loan of loans) loan.release();
  bad.add(3).add(2);
  const loan = await pool.acquire();
  expect([loan.value, log]).toEqual([1, ['destroyed 3', 'destroyed 2']]);
  loan.release();
  await pool.close();
});

test('a check may take its time; one that fails or throws ends the resource, and is told to onError', async () => {
  const checks: PromiseWithResolvers<boolean>[] = [];
  const { pool, log } = numbers({
    max: 1,
    validate() {
      const check = Promise.withResolvers<boolean>();
      checks.push(check);
      return check.promise;
    },
  });
  (await pool.acquire()).release();
  const waiting = pool.acquire();
  expect(counts(pool)).toEqual({ pending: 1, waiters: 1, created: 1 });
  checks[0]?.reject(new Error('gone'));
  const loan = await waiting;
  expect([loan.value, log]).toEqual([2, ['validate: Error: gone', 'destroyed 1']]);
  loan.release();
  await pool.close();
});

test('what was being looked at is kept when nobody waits for it any more', async () => {
  const check = Promise.withResolvers<boolean>();
  const { pool } = numbers({ max: 1, validate: () => check.promise });
  (await pool.acquire()).release();
  const waiting = rejection(pool.acquire({ timeout: 10 }));
  vi.advanceTimersByTime(10);
  check.resolve(true);
  expect(await waiting).toBeInstanceOf(TimeoutError);
  await turn();
  expect(counts(pool)).toEqual({ idle: 1, created: 1 });
  await pool.close();
});

test('a check that hangs is a task in the report, and is given up after its time or when the pool closes', async () => {
  const check = Promise.withResolvers<boolean>();
  const { pool, log } = numbers({ max: 1, validate: () => check.promise, validateTimeout: 500 });
  (await pool.acquire()).release();
  const waiting = pool.acquire();
  expect(takeReport().tasks.map(({ name }) => name)).toContain('validate numbers');
  vi.advanceTimersByTime(500);
  const loan = await waiting;
  expect([loan.value, log]).toEqual([
    2,
    ['validate: TimeoutError: validate of pool numbers: timed out after 500 ms', 'destroyed 1'],
  ]);
  loan.release();
  const refused = rejection(pool.acquire());
  await pool.close({ immediate: true });
  expect([await refused, log.at(-1), log.length, counts(pool)]).toEqual([
    new StateError('pool numbers is closed'),
    'destroyed 2',
    3,
    { created: 2, destroyed: 2 },
  ]);
  check.resolve(true); // too late
});

test('the next try keeps a program alive only while somebody waits for it; an onError that throws costs no place', async () => {
  const { stdout } = await runProgram('pool-failures.mjs');
  expect(stdout).toBe('another\nuncaught: no logger\nrefused\ntimed out\nrefused\nended in time\n');
});

test('waiters are served in order of asking, and nobody passes them', async () => {
  const { pool } = numbers({ max: 1 });
  const order: string[] = [];
  const loan = await pool.acquire();
  const use = (name: string): Promise<void> => pool.run(() => void order.push(name));
  const all = [use('first'), use('second')];
  loan.release();
  all.push(use('third'));
  await Promise.all(all);
  expect(order).toEqual(['first', 'second', 'third']);
  await pool.close();
});

test('a failing create reaches the first in line, and the next try comes after a growing delay', async () => {
  const times: number[] = [];
  const begin = Date.now();
  const { pool } = numbers({
    max: 1,
    create() {
      times.push(Date.now() - begin);
      throw new Error(`refused ${times.length}`);
    },
  });
  const errors: unknown[] = [];
  for (let round = 0; round < 4; round++) {
    const asked = rejection(pool.acquire());
    await turn();
    vi.advanceTimersToNextTimer();
    await turn();
    errors.push(await asked);
  }
  expect([times, errors.map(String)]).toEqual([
    [0, 100, 300, 700],
    ['Error: refused 1', 'Error: refused 2', 'Error: refused 3', 'Error: refused 4'],
  ]);
  await pool.close();
});

test('where nothing is lent that could come back, a failing create is told to all in line', async () => {
  const { pool } = numbers({
    max: 2,
    create: () => {
      throw new Error('refused');
    },
  });
  const all = await Promise.all([1, 2, 3, 4, 5].map(() => rejection(pool.acquire())));
  expect(all.map(String)).toEqual(Array.from({ length: 5 }, () => 'Error: refused'));
  await pool.close();
});

test('where something is lent, only the first in line is told; the others get what comes back', async () => {
  let fails = false;
  const { pool } = numbers({
    max: 2,
    create() {
      if (fails) throw new Error('refused');
      return 1;
    },
  });
  const loan = await pool.acquire();
  fails = true;
  const [told, served] = [rejection(pool.acquire()), pool.acquire()];
  expect(await told).toEqual(new Error('refused'));
  expect(counts(pool)).toEqual({ borrowed: 1, waiters: 1, created: 1 });
  loan.release();
  (await served).release();
  await pool.close();
});

test('after a success all that are wanted are made at once again', async () => {
  let failures = 1;
  const { pool } = numbers({
    create() {
      if (failures-- > 0) throw new Error('refused');
      return 1;
    },
  });
  await rejection(pool.acquire());
  const all = Promise.all([pool.acquire(), pool.acquire(), pool.acquire()]);
  expect(counts(pool)).toEqual({ waiters: 3 });
  vi.advanceTimersByTime(100);
  expect(counts(pool)).toEqual({ waiters: 3, pending: 1 });
  await turn();
  expect(counts(pool)).toEqual({ borrowed: 3, created: 3 });
  for (const loan of await all) loan.release();
  await pool.close();
});

test('a timeout of the pool or of the call ends the wait, and says what create failed with last', async () => {
  let fails = false;
  const { pool } = numbers({
    timeout: 50,
    max: 2,
    create() {
      if (fails) throw new Error('refused');
      return 1;
    },
  });
  const loan = await pool.acquire();
  fails = true;
  await rejection(pool.acquire());
  const [asked, longer] = [rejection(pool.acquire()), rejection(pool.acquire({ timeout: 80 }))];
  vi.advanceTimersByTime(49);
  await turn();
  expect(counts(pool).waiters).toBe(2);
  vi.advanceTimersByTime(1);
  const error = await asked;
  expect(error).toBeInstanceOf(TimeoutError);
  expect([String(error), (error as Error).cause, counts(pool).waiters]).toEqual([
    'TimeoutError: acquire pool numbers: timed out after 50 ms; create failed last with: refused',
    new Error('refused'),
    1,
  ]);
  vi.advanceTimersByTime(30);
  expect(await longer).toBeInstanceOf(TimeoutError);
  loan.release();
  vi.advanceTimersByTime(1000);
  await pool.close();
});

test('a create that hangs is given up after its time; what it makes in the end is destroyed', async () => {
  const attempts: { readonly signal: AbortSignal; readonly resolve: (value: number) => void }[] = [];
  const { pool, log } = numbers({
    max: 1,
    createTimeout: 1000,
    create: ({ signal }) => new Promise((resolve) => void attempts.push({ signal, resolve })),
  });
  const asked = rejection(pool.acquire());
  await turn();
  vi.advanceTimersByTime(1000);
  expect([String(await asked), attempts[0]?.signal.aborted]).toEqual([
    'TimeoutError: create of pool numbers: timed out after 1000 ms',
    true,
  ]);
  attempts[0]?.resolve(7);
  await turn();
  expect([counts(pool), log]).toEqual([{ created: 1, destroyed: 1 }, ['destroyed 7']]);
  await pool.close();
});

test('failures that no caller is told of are told to onError: the first of a row of create, all of destroy', async () => {
  const { pool, log } = numbers({
    min: 1,
    create: () => {
      throw new Error('refused');
    },
  });
  await turn();
  vi.advanceTimersByTime(100);
  await turn();
  expect(log).toEqual(['create: Error: refused']);
  await pool.close();
  const { pool: other, log: otherLog } = numbers({ destroy: () => Promise.reject(new Error('stays')) });
  (await other.acquire()).release();
  await other.close();
  expect([otherLog, counts(other)]).toEqual([['destroy: Error: stays'], { created: 1, destroyed: 1 }]);
});

test('a wait ends with its signal or the cancellation of its task, and loses nothing', async () => {
  const { pool } = numbers({ max: 1 });
  const loan = await pool.acquire();
  const controller = new AbortController();
  const aborted = rejection(pool.acquire({ signal: controller.signal }));
  const task = createTask(() => pool.acquire());
  const cancelled = rejection(task);
  controller.abort(new Error('enough'));
  task.cancel();
  expect([await aborted, String(await cancelled)]).toEqual([
    new Error('enough'),
    expect.stringContaining('CancelledError'),
  ]);
  loan.release();
  expect(counts(pool)).toEqual({ idle: 1, created: 1 });
  await pool.close();
});

test('what is made for somebody who has left is kept for the next', async () => {
  const made = Promise.withResolvers<number>();
  const { pool } = numbers({ max: 1, create: () => made.promise });
  const asked = rejection(pool.acquire({ timeout: 5 }));
  await turn();
  vi.advanceTimersByTime(5);
  await asked;
  made.resolve(9);
  await turn();
  expect(counts(pool)).toEqual({ idle: 1, created: 1 });
  await pool.close();
});

test('close refuses new ones, serves those in line, and waits for what is lent', async () => {
  const { pool, log } = numbers({ max: 1 });
  const loan = await pool.acquire();
  const inLine = pool.acquire();
  const closed = pool.close().then(() => void log.push('closed'));
  expect(String(await rejection(pool.acquire()))).toBe('StateError: pool numbers is closed');
  loan.release();
  (await inLine).release();
  await closed;
  expect(log).toEqual(['destroyed 1', 'closed']);
});

test('an immediate close refuses those in line and gives up what is being made', async () => {
  const { pool, log } = numbers({
    max: 2,
    create: ({ signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  });
  const inLine = rejection(pool.acquire());
  await turn();
  await pool.close({ immediate: true });
  expect([await inLine, log]).toEqual([expect.any(StateError), []]);
});

test('close has a timeout, and shows in the report who is waited for', async () => {
  const { pool } = numbers();
  const loan = await pool.acquire();
  const closing = createTask(() => pool.close({ timeout: 100 }), { name: 'shutdown' });
  const ended = rejection(closing);
  const waits = takeReport().tasks.find(({ name }) => name === 'shutdown')?.waits;
  vi.advanceTimersByTime(100);
  expect([waits?.map(({ kind, on }) => [kind, on?.name]), String(await ended)]).toEqual([
    [['join', 'numbers']],
    'TimeoutError: join pool numbers: timed out after 100 ms',
  ]);
  loan.release();
  await pool.close();
});

test('leaks are loans whose task has settled, and with olderThan those that are older', async () => {
  const { pool } = numbers();
  const forgetful = createTask(() => pool.acquire(), { name: 'forgetful' });
  const forgotten = await forgetful;
  const kept = await pool.acquire();
  expect([
    pool.leaks().map(({ task }) => task.origin.name),
    pool.leaks({ olderThan: 0 }).length,
    pool.leaks({ olderThan: 60_000 }).length,
  ]).toEqual([['forgetful'], 2, 1]);
  forgotten.release();
  kept.release();
  expect(pool.leaks({ olderThan: 0 })).toEqual([]);
  await pool.close();
});

test('the end of the run in which it was made closes a pool, and waits for nobody who forgot to give back', async () => {
  const log: string[] = [];
  await run(async () => {
    const { pool, log: own } = numbers({ destroy: (value) => void log.push(`destroyed ${value}`) });
    expect(own).toEqual([]);
    await pool.acquire();
    (await pool.acquire()).release();
  });
  expect(log).toEqual(['destroyed 2']);
});

test('each creation is published with what it took, or its error', async () => {
  const messages: PoolCreation[] = [];
  const listen = (message: PoolCreation): void => void messages.push(message);
  poolCreated.subscribe(listen);
  let fails = false;
  const { pool } = numbers({
    create() {
      if (fails) throw new Error('refused');
      return 1;
    },
  });
  const loan = await pool.acquire();
  fails = true;
  await rejection(pool.acquire());
  poolCreated.unsubscribe(listen);
  expect(messages.map(({ pool, error, durationMs }) => [pool.name, error, durationMs >= 0])).toEqual([
    ['numbers', undefined, true],
    ['numbers', new Error('refused'), true],
  ]);
  loan.release();
  await pool.close();
});

const create = (): number => 1;
test.for([
  [{ create: 5 }, 'create must be a function, got 5'],
  [{ create, max: 0 }, 'max must be a number of at least 1, got 0'],
  [{ create, max: 1.5 }, 'max must be a whole number or Infinity, got 1.5'],
  [{ create, min: 3, max: 2 }, 'min must be at most max (2) and finite, got 3'],
  [{ create, idleTimeout: 0 }, 'idleTimeout must be a number of at least 1, got 0'],
  [{ create, backoff: 5 }, 'options must be an object, got 5'],
  [{ create, validate: true }, 'validate must be a function, got true'],
  [{ create, timeout: '5' }, 'timeout must be a number of at least 0, got "5"'],
] as const)('%o is refused: %s', ([options, message]) => {
  expect(() => new ResourcePool(options as never)).toThrow(new ArgumentError(message));
});
