import { pass, startVirtualTime } from '../support/virtual-time.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ArgumentError, cached, createTask, sleep, takeReport, type CacheStatistics } from '../../src/index.ts';
import { recordMessages } from '../support/messages.ts';
import { expectNoTimersLeft, rejection, turn } from '../support/turn.ts';

beforeEach(startVirtualTime);
afterEach(expectNoTimersLeft);

/** A function that counts its calls, and a wait that lets them go on. */
function counting(): { readonly load: (key: string) => Promise<string>; readonly calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    async load(key) {
      const number = calls.push(key);
      await sleep(10);
      return `${key} ${number}`;
    },
  };
}

/** The statistics that are not 0. */
function counts({ statistics }: { readonly statistics: () => CacheStatistics }): Partial<CacheStatistics> {
  const { kind: _, capacity: __, ...rest } = statistics();
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== 0));
}

test('messages of two callers who want the same at the same time', async () => {
  const { load } = counting();
  const { stop } = recordMessages();
  const users = cached(load, { name: 'users' });
  const first = createTask(() => users('a'), { name: 'first' });
  const second = createTask(() => users('a'), { name: 'second' });
  await pass(10);
  expect([await first, await second, stop().filter((line) => !line.includes('(main)'))]).toEqual([
    'a 1',
    'a 1',
    [
      'cache users created',
      'task first created',
      'call users created',
      'users waits to sleep',
      'first waits to await users',
      'task second created',
      'second waits to await users',
      'users waited to sleep',
      'call users fulfilled',
      'first waited to await users',
      'second waited to await users',
      'task first fulfilled',
      'task second fulfilled',
    ],
  ]);
});

test('a value is computed once, and given out from then on', async () => {
  const { load, calls } = counting();
  const users = cached(load);
  const first = users('a');
  await pass(10);
  expect([await first, await users('a'), calls, counts(users)]).toEqual([
    'a 1',
    'a 1',
    ['a'],
    { size: 1, hits: 1, misses: 1 },
  ]);
});

test('after its time a value is computed anew, not before', async () => {
  const users = cached((key: string) => `${key} at ${Date.now()}`, { ttl: 1000 });
  const first = await users('a');
  await pass(999);
  expect(await users('a')).toBe(first);
  await pass(1);
  expect(await users('a')).not.toBe(first);
});

test('a ttl of 0 only joins calls at the same time', async () => {
  const { load, calls } = counting();
  const users = cached(load, { ttl: 0 });
  const both = Promise.all([users('a'), users('a')]);
  await pass(10);
  const third = users('a');
  await pass(10);
  expect([await both, await third, calls.length]).toEqual([['a 1', 'a 1'], 'a 2', 2]);
});

test('an old value is given out once more while a new one is computed in the background', async () => {
  const { load, calls } = counting();
  const users = cached(load, { ttl: 100, staleWhileRevalidate: 50 });
  void users('a');
  await pass(10);
  await pass(100);
  expect([await users('a'), await users('a'), calls.length]).toEqual(['a 1', 'a 1', 2]);
  await pass(10);
  expect([await users('a'), counts(users)]).toEqual(['a 2', { size: 1, hits: 3, misses: 1, stale: 2 }]);
});

test('beyond its time and the grace nobody gets the old value', async () => {
  const { load } = counting();
  const users = cached(load, { ttl: 100, staleWhileRevalidate: 50 });
  void users('a');
  await pass(10);
  await pass(150);
  const late = users('a');
  await pass(10);
  expect(await late).toBe('a 2');
});

test('a background computation that fails leaves the old value, and is no unhandled rejection', async () => {
  let fails = false;
  const users = cached(
    (key: string) => {
      if (fails) throw new Error('down');
      return key;
    },
    { ttl: 100, staleWhileRevalidate: 1000 },
  );
  await users('a');
  fails = true;
  await pass(100);
  expect(await users('a')).toBe('a');
  await turn();
  expect(await users('a')).toBe('a');
});

test('failures are told to all who wait, and not remembered', async () => {
  let calls = 0;
  const users = cached(async () => {
    calls++;
    throw new Error(`down ${calls}`);
  });
  const both = [rejection(users()), rejection(users())];
  expect([await Promise.all(both), await rejection(users()), counts(users)]).toEqual([
    [new Error('down 1'), new Error('down 1')],
    new Error('down 2'),
    { misses: 3 },
  ]);
});

test('what was used longest ago goes first', async () => {
  const calls: string[] = [];
  const users = cached((key: string) => calls.push(key), { max: 2 });
  for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await users(key);
  expect([calls, counts(users)]).toEqual([['a', 'b', 'c', 'b'], { size: 2, hits: 2, misses: 4, evicted: 2 }]);
});

test('several arguments are told apart by value and type', async () => {
  const calls: unknown[] = [];
  const load = cached((...args: readonly unknown[]) => calls.push(args));
  await load(1, 'a');
  await load(1, 'a');
  await load('1', 'a');
  await load('1,"a', '"');
  await load('1', 'a', undefined);
  await load();
  await load();
  expect(calls).toEqual([[1, 'a'], ['1', 'a'], ['1,"a', '"'], ['1', 'a', undefined], []]);
});

test('a call without arguments, or with several, is no call with one string', async () => {
  const show = cached((...args: string[]) => JSON.stringify(args));
  const calls = [[], [''], ['1', '2'], ['"1","2"'], ['\0("1","2")'], ['\0()'], ['\0\0()']];
  const results: string[] = [];
  for (const call of calls) results.push(await show(...call));
  expect(results).toEqual(calls.map((call) => JSON.stringify(call)));
  expect(await rejection(cached((..._args: unknown[]) => 1)(1, Symbol('a')))).toBeInstanceOf(ArgumentError);
});

test('one object is its own key, and several arguments with an object need a key', async () => {
  let calls = 0;
  const load = cached<readonly unknown[], number>(() => ++calls, { name: 'shapes' });
  const [one, other] = [{}, {}];
  expect([await load(one), await load(one), await load(other)]).toEqual([1, 1, 2]);
  expect(await rejection(load(one, 1))).toEqual(
    new ArgumentError('shapes is called with several arguments, one of them an object: cached needs a key'),
  );
  const keyed = cached<[at: { readonly x: number }, zoom: number], number>(({ x }) => x, { key: ({ x }) => x });
  expect([await keyed({ x: 3 }, 1), await keyed({ x: 3 }, 2), counts(keyed)]).toEqual([
    3,
    3,
    { size: 1, hits: 1, misses: 1 },
  ]);
});

test('clear and delete forget, also what is being computed', async () => {
  const { load, calls } = counting();
  const users = cached(load);
  const first = users('a');
  expect([users.delete('a'), users.delete('a')]).toEqual([true, false]);
  await pass(10);
  expect([await first, counts(users)]).toEqual(['a 1', { misses: 1 }]);
  const second = users('a');
  users.clear();
  const third = users('a');
  await pass(10);
  expect([await second, await third, calls.length, counts(users)]).toEqual(['a 2', 'a 3', 3, { size: 1, misses: 3 }]);
});

test('who waits can leave; the others still get the value', async () => {
  const { load } = counting();
  const users = cached(load, { name: 'users' });
  const leaving = createTask(() => users('a'));
  const staying = createTask(() => users('a'));
  leaving.cancel();
  await pass(10);
  expect([String(await rejection(leaving)).split(':')[0], await staying]).toEqual(['CancelledError', 'a 1']);
});

test('while a value is computed the cache is in the report', async () => {
  const { load } = counting();
  const users = cached(load, { name: 'users in use' });
  void users('a');
  const entry = takeReport().resources.find(({ name }) => name === 'users in use');
  expect(entry?.statistics).toMatchObject({ kind: 'cache', loading: 1, misses: 1 });
  await pass(10);
  expect(takeReport().resources.find(({ name }) => name === 'users in use')).toBe(undefined);
});

test('a method keeps its this', async () => {
  class Users {
    readonly greeting = 'hello';
    readonly greet = cached(function greet(this: void, name: string) {
      return `${(this as unknown as Users).greeting} ${name}`;
    });
  }
  const users = new Users();
  expect(await users.greet('a')).toBe('hello a');
});

test('a weak value is there while somebody uses it', async () => {
  const value = { big: true };
  let calls = 0;
  const load = cached(
    () => {
      calls++;
      return value;
    },
    { weak: true },
  );
  expect([await load(), await load(), calls]).toEqual([value, value, 1]);
});

test.for([
  [{ ttl: -1 }, 'ttl must be a number of at least 0, got -1'],
  [{ max: 0 }, 'max must be a number of at least 1, got 0'],
  [{ max: Infinity }, 'max must be finite: what is remembered for ever is a leak'],
  [{ key: 5 }, 'key must be a function, got 5'],
] as const)('%o is refused: %s', ([options, message]) => {
  expect(() => cached(vi.fn(), options as never)).toThrow(new ArgumentError(message));
});
