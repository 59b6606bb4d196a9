import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createTask, gather, shield, sleep } from '../../../src/index.ts';
import { recordMessages } from '../../support/messages.ts';
import { after, failAfter, follow, never, pass, words } from '../../support/settled.ts';
import { expectNoTimersLeft, rejection } from '../../support/turn.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(expectNoTimersLeft);

test('messages', async () => {
  const { stop } = recordMessages();
  const inner = createTask(after(10, 1), { name: 'inner' });
  const outer = createTask(async () => shield(inner), { name: 'outer' });
  await pass(0);
  outer.cancel();
  await pass(10);
  expect(stop()).toEqual([
    'task inner created',
    'inner waits to sleep',
    'task outer created',
    'outer waits to await',
    'outer waited to await',
    'task outer cancelled',
    'inner waited to sleep',
    'task inner fulfilled',
  ]);
});

test.each<[string, () => Parameters<typeof shield>[0], string]>([
  ['a function', () => after(5, 'x'), 'value "x"'],
  ['a task', () => createTask(after(5, 'x')), 'value "x"'],
  ['a task that has settled', () => createTask(() => 'x'), 'value "x"'],
  ['a promise', () => Promise.resolve('x'), 'value "x"'],
  ['a function that fails', () => failAfter(5, 'no'), 'Error: no'],
])('gives what %s comes to', async (_what, given, outcome) => {
  const end = follow(shield(given()));
  await pass(5);
  expect(end.outcome).toBe(outcome);
});

test('a cancellation of the inner task reaches the outer one', async () => {
  const inner = createTask(after(10, 1));
  const end = follow(shield(inner));
  inner.cancel();
  await pass(0);
  expect(end.outcome).toBe('CancelledError');
});

test('a cancelled gather of shields leaves what they shield alone', async () => {
  const inner = createTask(after(10, 'done'));
  const outer = createTask(async () => gather([shield(inner)]));
  await pass(0);
  outer.cancel();
  await pass(10);
  expect([outer.cancelled, inner.result()]).toEqual([true, 'done']);
});

test('the inner task can be awaited after the outer one was cancelled, with its failure', async () => {
  const inner = createTask(failAfter(10, 'no'));
  const outer = createTask(async () => {
    try {
      await shield(inner);
    } catch {
      return words(await rejection(inner));
    }
    return 'not cancelled';
  });
  await pass(0);
  outer.cancel();
  await pass(10);
  expect(outer.result()).toBe('Error: no');
});

test('a failure that nobody is left to see is an unhandled rejection', async () => {
  const before = process.listeners('unhandledRejection');
  for (const listener of before) process.off('unhandledRejection', listener);
  const unhandled = vi.fn();
  process.on('unhandledRejection', unhandled);
  const outer = createTask(async () => shield(failAfter(10, 'unseen')));
  await pass(0);
  outer.cancel();
  await pass(10);
  await pass(0);
  process.off('unhandledRejection', unhandled);
  for (const listener of before) process.on('unhandledRejection', listener);
  expect(unhandled.mock.calls.map(([error]) => words(error))).toEqual(['Error: unseen']);
});

test.each<[string, object, string]>([
  ['timeout', { timeout: 10 }, 'TimeoutError: shield: timed out after 10 ms'],
  ['signal', { signal: AbortSignal.abort('enough') }, 'thrown "enough"'],
])('its %s ends the wait alone', async (_what, options, outcome) => {
  const inner = createTask(async () => sleep(20, { value: 'done' }));
  const end = follow(shield(inner, options));
  await pass(20);
  expect([end.outcome, inner.result()]).toEqual([outcome, 'done']);
});

test.each<[unknown, object, string]>([
  [5, {}, 'shield takes tasks, promises and functions, but [0] is 5'],
  [never(), { timeout: -1 }, 'timeout must be a number of at least 0, got -1'],
])('shield(%s, %j) is an ArgumentError', async (given, options, message) => {
  expect(words(await rejection(shield(given as Promise<void>, options)))).toBe(`ArgumentError: ${message}`);
});
