import { startVirtualTime } from '../../support/virtual-time.ts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTask, Lock, sleep, timeout, timeoutAt, type TimeoutScope } from '../../../src/index.ts';
import { now } from '../../../src/runtime/clock.ts';
import { recordMessages } from '../../support/messages.ts';
import { after, deaf, failAfter, follow, never, pass, releaseDeaf, words } from '../../support/settled.ts';
import { expectNoTimersLeft, rejection } from '../../support/turn.ts';

beforeEach(startVirtualTime);
afterEach(async () => {
  releaseDeaf();
  await expectNoTimersLeft();
});

const late = (name = 'timeout'): string => `TimeoutError: ${name}: timed out after 10 ms`;

test('messages', async () => {
  const { stop } = recordMessages();
  createTask(async () => timeout(10, after(50, 1), { name: 'limited' }), { name: 'outer' }).catch(() => {});
  await pass(10);
  expect(stop().filter((line) => !line.startsWith('(main)'))).toEqual([
    'task outer created',
    'task limited created',
    'limited waits to sleep',
    'outer waits to await',
    'limited waited to sleep',
    'task limited cancelled',
    'outer waited to await',
    'task outer timed out',
  ]);
});

test.each<[string, (scope: TimeoutScope) => unknown, string]>([
  ['in time', after(9, 1), 'value 1'],
  ['too late', after(50, 1), late()],
  ['that returns at once', () => 5, 'value 5'],
  ['that throws at once', () => Promise.reject(new Error('no')), 'Error: no'],
  ['that fails in time', failAfter(5, 'no'), 'Error: no'],
  ['that cannot notice', deaf, late()],
  ['that declines', async () => sleep(50).catch(() => 'declined'), 'value "declined"'],
  [
    'that fails as it cleans up',
    async () => sleep(50).catch(() => Promise.reject(new Error('clean-up'))),
    'Error: clean-up',
  ],
  [
    'that hands its signal on',
    ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    late(),
  ],
])('a function %s', async (_what, run, outcome) => {
  const end = follow(timeout(10, run, { name: 'timeout' }));
  await pass(10);
  expect(end.outcome).toBe(outcome);
});

describe('the scope', () => {
  test('knows when, and whether it is expired', async () => {
    const seen: unknown[] = [];
    const from = now();
    const end = follow(
      timeout(10, async (scope) => {
        seen.push(Math.round((scope.when() - from) / 10), scope.expired, scope.signal.aborted);
        await sleep(50).catch(() => {});
        seen.push(scope.expired, scope.signal.aborted);
      }),
    );
    await pass(10);
    expect([seen, end.outcome]).toEqual([[1, false, false, true, true], 'value undefined']);
  });

  test.each<[string, (at: number) => number, number, string]>([
    ['later', (at) => at + 30, 29, 'value "done"'],
    ['sooner', (at) => at + 5, 6, 'TimeoutError: timeout: timed out after 10 ms'],
    ['to never', () => Infinity, 29, 'value "done"'],
    ['to a moment that has passed', () => 0, 1, 'TimeoutError: timeout: timed out after 10 ms'],
  ])('is rescheduled %s', async (_what, when, ms, outcome) => {
    const end = follow(
      timeout(
        10,
        async (scope) => {
          scope.reschedule(when(now()));
          return sleep(28, { value: 'done' });
        },
        { name: 'timeout' },
      ),
    );
    await pass(ms);
    expect(end.outcome).toBe(outcome);
  });

  test('is rescheduled after a wait, and the report says what is left', async () => {
    let task = null as ReturnType<typeof createTask> | null;
    task = createTask(async () =>
      timeout(10, async (scope) => {
        await sleep(5);
        scope.reschedule(now() + 1000);
        await sleep(20);
        return task?.waits?.until === scope.when();
      }),
    );
    await pass(25);
    expect(task.result()).toBe(true);
  });

  test('cannot be rescheduled once it is over', async () => {
    let scope: TimeoutScope | undefined;
    await timeout(10, (own) => void (scope = own));
    expect(() => scope?.reschedule(Infinity)).toThrow('the timeout of timeout is over: it cannot be rescheduled');
    const end = follow(timeout(10, async (own) => sleep(50).finally(() => own.reschedule(Infinity))));
    await pass(10);
    expect(end.outcome).toMatch(/^StateError/);
  });

  test('takes numbers', async () => {
    const error = await rejection(timeout(10, (scope) => scope.reschedule('soon' as never)));
    expect(words(error)).toBe('ArgumentError: when must be a number, got "soon"');
  });
});

describe('timeoutAt', () => {
  test.each<[string, number, number, string]>([
    ['in time', 30, 25, 'value 1'],
    ['too late', 10, 12, 'TimeoutError: timeout: its deadline has passed'],
    ['a moment that has passed', -1000, 1, 'TimeoutError: timeout: its deadline has passed'],
    ['never', Infinity, 25, 'value 1'],
  ])('%s', async (_what, from, ms, outcome) => {
    const end = follow(timeoutAt(now() + from, after(25, 1), { name: 'timeout' }));
    await pass(ms);
    expect(end.outcome).toBe(outcome);
  });
});

describe('nested', () => {
  test('the inner one times out, and the outer function goes on', async () => {
    const end = follow(
      timeout(50, async () => {
        const inner = words(await rejection(timeout(10, after(1000, 1), { name: 'inner' })));
        await sleep(5);
        return inner;
      }),
    );
    await pass(15);
    expect(end.outcome).toBe(`value ${JSON.stringify(late('inner'))}`);
  });

  test('the outer one times out: the inner function is cancelled, and not timed out', async () => {
    const inner: unknown[] = [];
    const end = follow(
      timeout(
        10,
        async () => {
          await timeout(50, async () => sleep(1000).catch((error: unknown) => inner.push(words(error))));
        },
        { name: 'outer' },
      ),
    );
    await pass(10);
    expect([inner, end.outcome]).toEqual([['CancelledError'], 'value undefined']);
  });

  test('both at the same time: the outer one is what is told', async () => {
    const end = follow(timeout(10, () => timeout(10, after(1000, 1), { name: 'inner' }), { name: 'outer' }));
    await pass(10);
    expect(end.outcome).toMatch(/^TimeoutError: (inner|outer): /);
  });
});

describe('a cancellation from elsewhere', () => {
  test('stays one, and reaches the function', async () => {
    const log: string[] = [];
    const task = createTask(async () =>
      timeout(10, async () => {
        await sleep(1000).finally(() => log.push('cleaned up'));
      }),
    );
    await pass(5);
    task.cancel();
    await pass(0);
    expect([task.cancelled, log]).toEqual([true, ['cleaned up']]);
  });

  test('stays one if the time is over during the clean-up', async () => {
    const task = createTask(async () =>
      timeout(10, async () => {
        await sleep(1000).catch(() => {});
        await sleep(1000);
      }),
    );
    await pass(5);
    task.cancel();
    await pass(10);
    expect(task.settlement?.outcome).toBe('cancelled');
  });

  test('by its signal is a cancellation of the function', async () => {
    const controller = new AbortController();
    const end = follow(timeout(10, after(1000, 1), { signal: controller.signal }));
    controller.abort('enough');
    await pass(0);
    expect(end.outcome).toBe('CancelledError');
  });

  test('that was asked for before keeps the function from being called', async () => {
    const run = vi.fn(after(1, 1));
    const task = createTask(async () => {
      await Promise.resolve();
      await timeout(10, run);
    });
    task.cancel();
    await pass(0);
    expect([task.cancelled, run.mock.calls]).toEqual([true, []]);
  });
});

test('a lock that the function waits for is nobody’s after the timeout', async () => {
  const lock = new Lock();
  const permit = await lock.acquire();
  const end = follow(timeout(10, () => lock.run(() => 1), { name: 'timeout' }));
  await pass(10);
  permit.release();
  expect([end.outcome, lock.locked]).toEqual([late(), false]);
});

test.each<[unknown, unknown, string]>([
  [-1, never, 'ArgumentError: milliseconds must be a number of at least 0, got -1'],
  ['5', never, 'ArgumentError: milliseconds must be a number of at least 0, got "5"'],
  [5, 5, 'ArgumentError: the function with a timeout must be a function, got 5'],
])('timeout(%j, %s) is an ArgumentError', async (milliseconds, run, message) => {
  expect(words(await rejection(timeout(milliseconds as number, run as () => void)))).toBe(message);
});
