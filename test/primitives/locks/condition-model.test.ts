// No lost wake-up: whatever is cancelled, aborted or timed out when, what was notified reaches somebody who waits.
import * as fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { Condition, currentTask } from '../../../src/index.ts';
import { asking, Askers, disturbances, expectOutcomes, type Asking, type Disturbance } from '../../support/askers.ts';
import { holds } from '../../support/property-runs.ts';
import { expectNothingLeft, microtasks } from '../../support/turn.ts';

afterEach(expectNothingLeft);

type Step =
  | Disturbance
  | ({ readonly do: 'consume'; readonly loops: boolean } & Asking)
  | { readonly do: 'produce'; readonly count: number; readonly hold: number };

const steps = fc.array<Step>(
  fc.oneof(
    { arbitrary: fc.record({ do: fc.constant('consume' as const), loops: fc.boolean(), ...asking }), weight: 2 },
    fc.record({ do: fc.constant('produce' as const), count: fc.integer({ min: 1, max: 3 }), hold: fc.nat({ max: 5 }) }),
    ...disturbances,
  ),
  { maxLength: 50 },
);

test('whatever happens in whatever order, tokens are conserved, nobody is alone in the lock, and no wake-up is lost', async () => {
  const property = fc.asyncProperty(steps, async (script) => {
    const condition = new Condition();
    let tokens = 0;
    let produced = 0;
    let consumed = 0;
    let inside = 0;
    const producers: Promise<void>[] = [];
    const askers = new Askers(() => {});

    /** Alone, and as the holder. */
    function enter(): void {
      expect([++inside, condition.lock.holder?.id]).toEqual([1, currentTask()?.id ?? 0]);
    }

    async function consume(loops: boolean, options: object): Promise<string> {
      const permit = await condition.acquire();
      try {
        enter();
        const predicate = (): boolean => {
          if (inside === 0) enter();
          const fulfilled = tokens > 0;
          if (!fulfilled) inside--;
          return fulfilled;
        };
        if (loops) while (!predicate()) await condition.wait(options);
        else await condition.waitFor(predicate, options);
        tokens--;
        consumed++;
        return 'consumed';
      } finally {
        if (inside === 0) enter();
        inside--;
        permit.release();
      }
    }

    async function produce(count: number, hold: number): Promise<void> {
      const permit = await condition.acquire();
      enter();
      tokens += count;
      produced += count;
      condition.notify(count);
      await microtasks(hold);
      inside--;
      permit.release();
    }

    for (const step of script) {
      if (step.do === 'consume') askers.start(async (options) => consume(step.loops, options), step);
      else if (step.do === 'produce') producers.push(produce(step.count, step.hold));
      else await askers.disturb(step);
    }
    await Promise.all(producers);
    await microtasks(400);
    expect([tokens > 0 && condition.statistics().waiters > 0, consumed + tokens, condition.locked]).toEqual([
      false,
      produced,
      false,
    ]);
    const waiting = askers.all.filter(({ actual }) => actual === 'waiting').length;
    expect([askers.all.filter(({ actual }) => actual === 'consumed').length, waiting]).toEqual([
      consumed,
      condition.statistics().waiters,
    ]);
    for (const { task } of askers.all) task.cancel();
    await microtasks(400);
    expect([condition.statistics().waiters, condition.locked, inside, vi.getTimerCount()]).toEqual([0, false, 0, 0]);
  });
  expect(await holds(property)).toBe(true);
});

test('those who wait and are not disturbed are woken in order of asking', async () => {
  const property = fc.asyncProperty(
    fc.array(fc.oneof(fc.constant<'wait'>('wait'), fc.nat({ max: 3 }), ...disturbances), { maxLength: 40 }),
    async (script) => {
      const condition = new Condition();
      const woken: number[] = [];
      const expected: number[] = [];
      let line: number[] = [];
      const askers = new Askers((asker) => {
        const number = askers.all.indexOf(asker);
        line = line.filter((each) => each !== number);
      });
      for (const step of script) {
        if (step === 'wait') {
          const number = askers.all.length;
          line.push(number);
          askers.start(
            async (options) => {
              const permit = await condition.acquire();
              try {
                await condition.wait(options);
                woken.push(number);
                return 'woken';
              } finally {
                permit.release();
              }
            },
            { timeout: number % 3 === 0 ? 5 : null, signal: number % 2 === 0 },
          );
        } else if (typeof step === 'number') {
          await condition.run(() => condition.notify(step));
          for (const number of line.splice(0, step)) {
            (askers.all[number] as { expected: string }).expected = 'woken';
            expected.push(number);
          }
        } else await askers.disturb(step);
        await microtasks(120); // until nobody is on the way
        expect(condition.statistics().waiters).toBe(line.length);
      }
      expect(woken).toEqual(expected);
      await expectOutcomes(askers);
    },
  );
  expect(await holds(property)).toBe(true);
});
