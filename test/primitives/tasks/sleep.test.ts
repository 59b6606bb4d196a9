import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createTask, sleep } from '../../../src/index.ts';
import { recordMessages } from '../../support/messages.ts';
import { expectNoTimersLeft, rejection, turn } from '../../support/turn.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(expectNoTimersLeft);

test('messages of a sleep', async () => {
  const { stop } = recordMessages();
  createTask(async () => sleep(100), { name: 'sleeper' });
  vi.advanceTimersByTime(99);
  await turn();
  expect(stop()).toEqual(['task sleeper created', 'sleeper waits to sleep']);
  const { stop: stopRest } = recordMessages();
  vi.advanceTimersByTime(1);
  await turn();
  expect(stopRest()).toEqual(['sleeper waited to sleep', 'task sleeper fulfilled']);
});

test('a sleep resolves to its value', async () => {
  const values = Promise.all([sleep(1), sleep(1, { value: 'awake' })]);
  vi.advanceTimersByTime(1);
  expect(await values).toEqual([undefined, 'awake']);
});

test('a sleep is ended by its signal, with the reason, and leaves no timer', async () => {
  const controller = new AbortController();
  const sleeping = rejection(sleep(100, { signal: controller.signal }));
  controller.abort('up');
  expect([await sleeping, await rejection(sleep(100, { signal: AbortSignal.abort('before') }))]).toEqual([
    'up',
    'before',
  ]);
});

test('a sleep that was ended by a cancellation leaves no timer', async () => {
  const task = createTask(async () => sleep(100));
  expect(vi.getTimerCount()).toBe(1);
  task.cancel();
  await rejection(task);
});

test('a sleep longer than timers know is slept to its end', async () => {
  let awake = false;
  const sleeping = sleep(2 ** 32).then(() => (awake = true));
  vi.advanceTimersByTime(2 ** 32 - 1);
  await turn();
  expect(awake).toBe(false);
  vi.advanceTimersByTime(1);
  await sleeping;
});

test('a sleep for ever has no timer and ends by cancellation', async () => {
  const task = createTask(async () => sleep(Infinity));
  expect([vi.getTimerCount(), task.waits?.until]).toEqual([0, Infinity]);
  task.cancel();
  await rejection(task);
});

test.each<[unknown, unknown, string]>([
  [-1, {}, 'milliseconds must be a number of at least 0, got -1'],
  [NaN, {}, 'milliseconds must be a number of at least 0, got NaN'],
  ['1', {}, 'milliseconds must be a number of at least 0, got "1"'],
  [1, 'value', 'options must be an object, got "value"'],
  [1, { signal: 1 }, 'signal must be an AbortSignal, got 1'],
])('sleep(%s, %s) rejects with an ArgumentError', async (milliseconds, options, message) => {
  expect(await rejection(sleep(milliseconds as number, options as object))).toEqual(
    expect.objectContaining({ code: 'ERR_LOOPSCOPE_ARGUMENT', message }),
  );
});
