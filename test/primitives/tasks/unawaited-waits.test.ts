// A cancellation ends all waits of a task. Those that were begun and are not awaited yet must not crash the process:
// vitest fails when a rejection is handled by nobody.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  all,
  allSettled,
  any,
  createTask,
  gather,
  race,
  shield,
  sleep,
  TaskGroup,
  timeout,
  wait,
  waitFor,
} from '../../../src/index.ts';
import { after, pass } from '../../support/settled.ts';
import { expectNoTimersLeft } from '../../support/turn.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(expectNoTimersLeft);

test.each<[string, () => Promise<unknown>]>([
  ['sleep', () => sleep(50)],
  ['gather', () => gather([after(50, 1)])],
  ['wait', () => wait([after(50, 1)])],
  ['waitFor', () => waitFor(after(50, 1), 1000)],
  ['timeout', () => timeout(1000, after(50, 1))],
  ['shield', () => shield(after(50, 1))],
  ['all', () => all([createTask(after(50, 1))])],
  ['allSettled', () => allSettled([createTask(after(50, 1))])],
  ['race', () => race([createTask(after(50, 1))])],
  ['any', () => any([createTask(after(50, 1))])],
  ['then of a task', () => createTask(after(50, 1)).then((value) => value)],
  ['TaskGroup.run', () => TaskGroup.run((group) => void group.createTask(after(50, 1)))],
])('%s, begun and not awaited when its task is cancelled', async (_name, begin) => {
  const task = createTask(async () => {
    const later = begin();
    await sleep(10);
    await later;
  });
  await pass(5);
  task.cancel();
  await pass(60);
  expect(task.cancelled).toBe(true);
});

test('a task that is cancelled and throws in its first turn is no unhandled rejection', async () => {
  const task = createTask((self) => {
    self.cancel();
    self.signal.throwIfAborted();
  });
  await pass(0);
  expect(task.cancelled).toBe(true);
});

test.each<[string, (task: { exception(): unknown; result(): unknown }) => unknown]>([
  ['exception', (task) => task.exception()],
  [
    'result',
    (task) => {
      try {
        return task.result();
      } catch (error) {
        return error;
      }
    },
  ],
])('who asks %s() of a task that failed has its error', async (_name, ask) => {
  const errors: unknown[] = [];
  const task = createTask(async () => Promise.reject(new Error('no')));
  task.addDoneCallback((done) => errors.push(ask(done)));
  await pass(0);
  expect(errors).toEqual([new Error('no')]);
});
