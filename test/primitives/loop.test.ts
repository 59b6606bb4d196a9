import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { inspect } from 'node:util';
import { allTasks, createTask, currentTask, loop, sleep } from '../../src/index.ts';
import { recordMessages } from '../support/messages.ts';
import { runProgram } from '../support/run-program.ts';
import { expectNothingLeft, expectNoTimersLeft } from '../support/turn.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(async () => {
  if (vi.isFakeTimers()) await expectNoTimersLeft();
  else await expectNothingLeft();
});

test('messages of calls that are made and of one that is cancelled', async () => {
  const { stop } = recordMessages();
  const late = loop.callLater(10, function late() {});
  const never = loop.callLater(20, function never() {});
  loop.callSoon(function soon() {});
  vi.advanceTimersByTime(10);
  never.cancel();
  vi.advanceTimersByTime(20);
  expect(stop()).toEqual([
    'callback late created',
    'late waits to start',
    'callback never created',
    'never waits to start',
    'callback soon created',
    'soon waits to start',
    'soon waited to start',
    'callback soon started',
    'callback soon fulfilled',
    'late waited to start',
    'callback late started',
    'callback late fulfilled',
    'never waited to start',
    'callback never cancelled',
  ]);
  expect([late.cancelled, never.cancelled]).toEqual([false, true]);
});

test('callSoon calls in order of asking, after the code that runs and its promises', async () => {
  const log: string[] = [];
  loop.callSoon(() => {
    log.push('first');
    loop.callSoon(() => log.push('third'));
  });
  loop.callSoon(() => log.push('second'));
  void Promise.resolve().then(() => log.push('promise'));
  log.push('now');
  await null;
  expect(log).toEqual(['now', 'promise']);
  vi.runAllTimers();
  expect(log).toEqual(['now', 'promise', 'first', 'second', 'third']);
});

test('callLater calls with its arguments when the time is over, not before', () => {
  const call = vi.fn<(a: number, b: string) => void>();
  loop.callLater(100, call, 1, 'two');
  vi.advanceTimersByTime(99);
  expect(call).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(call.mock.calls).toEqual([[1, 'two']]);
});

test('calls are made in the order in which they are due', () => {
  const log: number[] = [];
  for (const milliseconds of [30, 10, 20, 10]) loop.callLater(milliseconds, (each) => log.push(each), milliseconds);
  vi.advanceTimersByTime(30);
  expect(log).toEqual([10, 10, 20, 30]);
});

test('callAt calls at a moment of the clock of the loop; one that has passed is as soon as possible', () => {
  const log: string[] = [];
  const handle = loop.callAt(loop.time() + 1000, () => log.push('later'));
  loop.callAt(loop.time() - 1000, () => log.push('past'));
  expect(handle.when() - loop.time()).toBeGreaterThan(900);
  vi.advanceTimersByTime(1);
  expect(log).toEqual(['past']);
  vi.advanceTimersByTime(1000);
  expect(log).toEqual(['past', 'later']);
});

test('when says when a call is due', () => {
  const before = loop.time();
  const [soon, later] = [loop.callSoon(() => {}), loop.callLater(5000, () => {})];
  const after = loop.time();
  expect(soon.when()).toBeGreaterThanOrEqual(before);
  expect(soon.when()).toBeLessThanOrEqual(after);
  expect(later.when()).toBeGreaterThanOrEqual(before + 5000);
  expect(later.when()).toBeLessThanOrEqual(after + 5000);
  soon.cancel();
  later.cancel();
});

test.each(['callSoon', 'callLater'] as const)('a call of %s that was cancelled is not made', (how) => {
  const call = vi.fn<() => void>();
  const handle = how === 'callSoon' ? loop.callSoon(call) : loop.callLater(1, call);
  expect([handle.cancelled, handle.cancel(), handle.cancelled, handle.cancel()]).toEqual([false, true, true, false]);
  vi.runAllTimers();
  expect(call).not.toHaveBeenCalled();
});

test('a call can be cancelled by one that is due at the same time', () => {
  const call = vi.fn<() => void>();
  loop.callLater(5, () => second.cancel());
  const second = loop.callLater(5, call);
  vi.advanceTimersByTime(5);
  expect(call).not.toHaveBeenCalled();
});

test('cancel after the call, or within it, does nothing', () => {
  const results: boolean[] = [];
  const handle = loop.callSoon((): void => void results.push(handle.cancel()));
  vi.runAllTimers();
  results.push(handle.cancel());
  expect([results, handle.cancelled, handle.settlement?.outcome]).toEqual([[false, false], false, 'fulfilled']);
});

test('what is disposed of is cancelled', () => {
  const call = vi.fn<() => void>();
  loop.callLater(5, call)[Symbol.dispose]();
  vi.advanceTimersByTime(10);
  expect(call).not.toHaveBeenCalled();
});

test('a pending call is listed with what it is, and not afterwards', () => {
  const handle = loop.callLater(50, function refresh() {});
  expect(allTasks()).toEqual([handle]);
  const { origin, startedAt, waits } = handle;
  expect([origin.kind, origin.name]).toEqual(['callback', 'refresh']);
  expect([startedAt, waits?.kind, waits?.until]).toEqual([null, 'start', handle.when()]);
  expect(inspect(handle)).toBe(`<Callback refresh #${handle.id} pending>`);
  vi.advanceTimersByTime(50);
  expect([allTasks(), handle.waits]).toEqual([[], null]);
});

test('a function without a name is a callback', () => {
  const handle = loop.callSoon(() => {});
  expect(handle.name).toBe('callback');
  handle.cancel();
});

test('the function runs in the task of its call, whose parent is the task that asked', async () => {
  const seen: unknown[] = [];
  const asking = createTask(
    async () => {
      const handle = loop.callLater(5, (): void => void seen.push(currentTask() === handle));
      seen.push(handle.parent?.origin.name);
      await sleep(10);
      seen.push(currentTask()?.origin.name);
    },
    { name: 'asking' },
  );
  await vi.advanceTimersByTimeAsync(10);
  await asking;
  expect(seen).toEqual(['asking', true, 'asking']);
});

test('an async function is pending until it is through', async () => {
  const handle = loop.callSoon(async function poll() {
    await sleep(20);
  });
  await vi.advanceTimersByTimeAsync(5);
  expect([allTasks(), handle.waits?.kind, handle.cancel()]).toEqual([[handle], 'sleep', false]);
  await vi.advanceTimersByTimeAsync(20);
  expect(handle.settlement?.outcome).toBe('fulfilled');
});

test('calls which each ask for the next keep no line of ancestors', () => {
  let depth = 0;
  let left = 50;
  function tick(): void {
    depth = 0;
    for (let task = currentTask(); task !== null; task = task.parent) depth++;
    if (left-- > 0) loop.callLater(1, tick);
  }
  loop.callLater(1, tick);
  vi.advanceTimersByTime(100);
  expect(left).toBe(-1);
  expect(depth).toBeLessThanOrEqual(3);
});

test('a time longer than timers know is waited for in full', () => {
  const call = vi.fn<() => void>();
  loop.callLater(2 ** 31 + 1000, call);
  vi.advanceTimersByTime(2 ** 31 + 999);
  expect(call).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(call).toHaveBeenCalledTimes(1);
});

test('Infinity is never, and has no timer', () => {
  const handle = loop.callLater(Infinity, () => {});
  expect([vi.getTimerCount(), handle.hasRef(), handle.cancel()]).toEqual([0, false, true]);
});

test('unref and ref say whether a call keeps the process alive', () => {
  vi.useRealTimers();
  for (const handle of [loop.callSoon(() => {}), loop.callLater(1000, () => {})]) {
    expect([handle.hasRef(), handle.unref().hasRef(), handle.ref().hasRef()]).toEqual([true, false, true]);
    handle.cancel();
    expect(handle.hasRef()).toBe(false);
  }
});

test('the clock of the loop does not go back', () => {
  const times = Array.from({ length: 100 }, () => loop.time());
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

test.each<[string, () => unknown, string]>([
  ['callSoon()', () => loop.callSoon(undefined as never), 'the function to call must be a function, got undefined'],
  [
    'callLater("5")',
    () => loop.callLater('5' as never, () => {}),
    'milliseconds must be a number of at least 0, got "5"',
  ],
  ['callLater(-1)', () => loop.callLater(-1, () => {}), 'milliseconds must be a number of at least 0, got -1'],
  ['callLater(5)', () => loop.callLater(5, null as never), 'the function to call must be a function, got null'],
  ['callAt(NaN)', () => loop.callAt(NaN, () => {}), 'when must be a moment on the clock of loop.time(), got NaN'],
])('%s throws an ArgumentError', (_name, call, message) => {
  expect(call).toThrow(expect.objectContaining({ code: 'ERR_LOOPSCOPE_ARGUMENT', message }));
});

test('errors of calls are those of the process: uncaught, in order, and the next calls are made; unref lets it end', async () => {
  const { stdout, code, stderr } = await runProgram('callbacks.ts');
  expect([stderr, code]).toEqual(['', 0]);
  expect(stdout.trim().split('\n')).toEqual([
    'uncaughtException: thrown in a call · rejected',
    'called after it',
    'unhandledRejection: rejected in a call · rejected',
    'the report says: callback refresh #N · called in T',
  ]);
});
