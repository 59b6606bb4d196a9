// When expectNoPending looks again.
import { beforeAll, expect, test, vi } from 'vitest';
import { createTask } from '../../src/index.ts';

const pauses: number[] = [];
let expectNoPending: typeof import('../../src/runners/expect-no-pending.ts').expectNoPending;

beforeAll(async () => {
  const { setTimeout: wait } = globalThis;
  // It keeps the timer that is there when it is loaded.
  vi.stubGlobal('setTimeout', (callback: () => void, milliseconds: number) => {
    pauses.push(milliseconds);
    return wait(callback, 0);
  });
  ({ expectNoPending } = await import('../../src/runners/expect-no-pending.ts'));
  vi.unstubAllGlobals();
});

test.each([
  [{ timeout: 630 }, [10, 20, 40, 80, 160, 320]],
  [{ timeout: 600, retries: 2 }, [200, 400]],
  [{ timeout: 600, retries: 1 }, [600]],
  [{ timeout: 600, retries: 0 }, []],
])('it waits between looks, each time twice as long, for as long as it may in all: %j', async (options, expected) => {
  const ends: (() => void)[] = [];
  const task = createTask(() => new Promise<void>((resolve) => void ends.push(resolve)), { name: 'pending' });
  pauses.length = 0;
  await expect(expectNoPending(options)).rejects.toThrow('1 thing is still pending');
  expect(pauses).toEqual(expected);
  for (const end of ends) end();
  await task;
  pauses.length = 0;
  await expectNoPending(options);
  expect(pauses).toEqual([]);
});
