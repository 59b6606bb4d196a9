// Producers and consumers that run freely, with timeouts and cancellations, in virtual time: every item is accounted for.
import * as fc from 'fast-check';
import { expect, vi } from 'vitest';
import { createTask, sleep, type Task } from '../../src/index.ts';
import type { QueueKind } from './queue-kinds.ts';
import { microtasks } from './turn.ts';

interface Actor {
  /** What it does between two operations, in milliseconds; null: nothing. */
  readonly pauses: readonly (number | null)[];
  readonly timeout: number | null;
  readonly cancelledAt: number | null;
}

export interface Simulation {
  readonly maxsize: number;
  readonly producers: readonly Actor[];
  readonly consumers: readonly (Actor & { readonly iterates: boolean })[];
  readonly shutdown: { readonly at: number; readonly immediate: boolean } | null;
}

const actor = {
  pauses: fc.array(fc.option(fc.nat({ max: 3 }), { freq: 2 }), { minLength: 1, maxLength: 6 }),
  timeout: fc.option(fc.nat({ max: 4 })),
  cancelledAt: fc.option(fc.nat({ max: 12 })),
};

export const simulations: fc.Arbitrary<Simulation> = fc.record({
  maxsize: fc.constantFrom(1, 2, 5, Infinity),
  producers: fc.array(fc.record(actor), { minLength: 1, maxLength: 4 }),
  consumers: fc.array(fc.record({ ...actor, iterates: fc.boolean() }), { minLength: 1, maxLength: 4 }),
  shutdown: fc.option(fc.record({ at: fc.nat({ max: 15 }), immediate: fc.boolean() })),
});

/** Runs it with fake timers on. */
export async function simulate(
  kind: QueueKind,
  { maxsize, producers, consumers, shutdown }: Simulation,
): Promise<void> {
  const queue = kind.make({ maxsize });
  const put: number[] = [];
  const got: number[] = [];
  let lastItem = 0;
  let dropped = 0;

  const producing = producers.map(({ pauses, timeout }) =>
    createTask(async () => {
      for (const pause of pauses) {
        if (pause !== null) await sleep(pause);
        const item = ++lastItem;
        try {
          await queue.put(item, timeout === null ? {} : { timeout });
          put.push(item);
        } catch (error) {
          // an item whose put was rejected must not come out
          if (!isTimeout(error)) throw error;
        }
      }
    }),
  );
  const consuming = consumers.map(({ pauses, timeout, iterates }) =>
    createTask(async () => {
      if (iterates) {
        let index = 0;
        for await (const item of queue) {
          got.push(item);
          queue.taskDone();
          const pause = pauses[index++];
          if (pause === undefined) break;
          if (pause !== null) await sleep(pause);
        }
        return;
      }
      for (const pause of pauses) {
        if (pause !== null) await sleep(pause);
        try {
          got.push(await queue.get(timeout === null ? {} : { timeout }));
          queue.taskDone();
        } catch (error) {
          if (!isTimeout(error)) throw error;
        }
      }
    }),
  );
  const tasks: readonly Task<void>[] = [...producing, ...consuming];
  for (const task of tasks) task.catch(() => {}); // cancelled, or the queue was shut down
  const cancellations = [...producers, ...consumers].map(({ cancelledAt }) => cancelledAt);

  for (let clock = 0; clock <= 40; clock++) {
    cancellations.forEach((at, index) => at === clock && tasks[index]?.cancel());
    if (shutdown?.at === clock) {
      if (shutdown.immediate) dropped += queue.depth;
      queue.shutdown(shutdown.immediate);
    }
    const { putters, getters } = queue.statistics();
    // no lost wake-up: nobody waits for what is there
    expect([putters > 0 && !queue.full, getters > 0 && !queue.empty]).toEqual([false, false]);
    vi.advanceTimersByTime(1);
    await microtasks(8);
  }
  for (const task of tasks) task.cancel();
  await microtasks(8);
  const rest: number[] = [];
  while (!queue.empty) rest.push(queue.getNowait());
  rest.forEach(() => queue.taskDone());
  const out = [...got, ...rest];
  expect(new Set(out).size).toBe(out.length);
  expect(out.filter((item) => !put.includes(item))).toEqual([]);
  expect(put.length - out.length).toBe(dropped);
  expect(queue.statistics()).toMatchObject({ put: put.length, unfinished: 0, putters: 0, getters: 0 });
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}
