// A pool under random use: what it may never do, asked after every step.
import * as fc from 'fast-check';
import { expect, vi } from 'vitest';
import { createTask, ResourcePool, type Loan, type Task } from '../../src/index.ts';
import { turn } from './turn.ts';

type Step =
  | { readonly do: 'acquire'; readonly timeout: number | null; readonly signal: boolean }
  | { readonly do: 'release' | 'release twice' | 'destroy' | 'cancel' | 'abort' | 'spoil'; readonly which: number }
  | { readonly do: 'made' | 'failed' | 'checked' | 'ended'; readonly which: number }
  | { readonly do: 'advance'; readonly milliseconds: number }
  | { readonly do: 'turn' | 'close' | 'close at once' };

const which = fc.nat({ max: 20 });

/** Random interleavings of everything that can happen to a pool. */
export const poolSteps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('acquire' as const),
        timeout: fc.option(fc.constantFrom(0, 50, 100), { freq: 2 }),
        signal: fc.boolean(),
      }),
    },
    {
      weight: 8,
      arbitrary: fc.record({ do: fc.constantFrom('made' as const, 'release', 'checked', 'ended'), which }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constantFrom('failed' as const, 'release twice', 'destroy', 'cancel', 'abort', 'spoil'),
        which,
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('advance' as const),
        milliseconds: fc.constantFrom(1, 50, 100, 1000, 5000),
      }),
    },
    { weight: 6, arbitrary: fc.record({ do: fc.constant('turn' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('close' as const, 'close at once') }) },
  ),
  { maxLength: 80 },
);

export interface PoolShape {
  readonly min: number;
  readonly max: number;
  readonly validates: boolean;
  /** Whether its functions return promises. */
  readonly isAsync: boolean;
}

export const poolShapes: fc.Arbitrary<PoolShape> = fc
  .record({ min: fc.nat({ max: 2 }), more: fc.nat({ max: 3 }), validates: fc.boolean(), isAsync: fc.boolean() })
  .map(({ min, more, ...rest }) => ({ min, max: Math.max(1, min + more), ...rest }));

interface Thing {
  readonly id: number;
  isGood: boolean;
  isLent: boolean;
  isDestroyed: boolean;
}

/** Runs the steps with fake timers on. */
export async function tryPool({ min, max, validates, isAsync }: PoolShape, script: readonly Step[]): Promise<void> {
  const things: Thing[] = [];
  const making: PromiseWithResolvers<Thing>[] = [];
  const checking: { readonly thing: Thing; readonly settle: (isGood: boolean) => void }[] = [];
  const ending: { readonly thing: Thing; readonly settle: () => void }[] = [];
  let living = 0;
  let mostLiving = 0;

  function make(): Thing {
    const thing: Thing = { id: things.length, isGood: true, isLent: false, isDestroyed: false };
    things.push(thing);
    return thing;
  }

  const pool = new ResourcePool<Thing>({
    name: 'things',
    min,
    max,
    createTimeout: 3000,
    idleTimeout: 500,
    maxLifetime: 4000,
    onError: () => {},
    create() {
      mostLiving = Math.max(mostLiving, ++living);
      if (!isAsync) return make();
      const attempt = Promise.withResolvers<Thing>();
      making.push(attempt);
      return attempt.promise;
    },
    destroy(thing) {
      expect({ ...thing, isGood: null }).toEqual({ id: thing.id, isGood: null, isLent: false, isDestroyed: false });
      thing.isDestroyed = true;
      if (!isAsync) {
        living--;
        return undefined;
      }
      return new Promise<void>((resolve) => {
        ending.push({
          thing,
          settle() {
            living--;
            resolve();
          },
        });
      });
    },
    ...(validates && {
      validate(thing: Thing) {
        expect([thing.isLent, thing.isDestroyed]).toEqual([false, false]);
        if (!isAsync) return thing.isGood;
        return new Promise<boolean>((settle) => void checking.push({ thing, settle }));
      },
    }),
  });

  const loans: Loan<Thing>[] = [];
  const asked: { readonly task: Task; readonly controller: AbortController; readonly number: number }[] = [];
  const served: number[] = [];
  let told = 0;
  let isClosed = false;

  function ask({ timeout, signal }: { readonly timeout: number | null; readonly signal: boolean }): void {
    const controller = new AbortController();
    const options = { ...(timeout === null ? {} : { timeout }), ...(signal ? { signal: controller.signal } : {}) };
    const number = asked.length;
    const task = createTask(
      async () => {
        try {
          const loan = await pool.acquire(options);
          expect([loan.value.isLent, loan.value.isDestroyed]).toEqual([false, false]);
          loan.value.isLent = true;
          loans.push(loan);
          served.push(number);
        } catch (error) {
          if (error instanceof Error && error.name === 'AssertionError') throw error;
          told++;
        }
      },
      { name: `asker ${number}` },
    );
    asked.push({ task, controller, number });
  }

  function give(index: number, how: 'release' | 'release twice' | 'destroy'): void {
    const [loan] = loans.splice(index % Math.max(1, loans.length), 1);
    if (loan === undefined) return;
    loan.value.isLent = false;
    if (how === 'destroy') loan.destroy();
    else loan.release();
    if (how === 'release twice') loan.release();
  }

  function settle(step: 'made' | 'failed' | 'checked' | 'ended', index: number): void {
    if (step === 'checked') {
      const [check] = checking.splice(index % Math.max(1, checking.length), 1);
      check?.settle(check.thing.isGood);
    } else if (step === 'ended') {
      const [end] = ending.splice(index % Math.max(1, ending.length), 1);
      end?.settle();
    } else {
      const [attempt] = making.splice(index % Math.max(1, making.length), 1);
      if (attempt === undefined) return;
      if (step === 'made') attempt.resolve(make());
      else {
        living--;
        attempt.reject(new Error('no'));
      }
    }
  }

  async function follow(step: Step): Promise<void> {
    switch (step.do) {
      case 'acquire':
        return ask(step);
      case 'release':
      case 'release twice':
      case 'destroy':
        return give(step.which, step.do);
      case 'spoil': {
        const thing = things[step.which % Math.max(1, things.length)];
        if (thing !== undefined) thing.isGood = false;
        return undefined;
      }
      case 'cancel':
        return void asked[step.which % Math.max(1, asked.length)]?.task.cancel();
      case 'abort':
        return asked[step.which % Math.max(1, asked.length)]?.controller.abort();
      case 'advance':
        vi.advanceTimersByTime(step.milliseconds);
        return undefined;
      case 'turn':
        return turn();
      case 'close':
      case 'close at once':
        isClosed = true;
        return void pool.close({ immediate: step.do === 'close at once' });
      default:
        return settle(step.do, step.which);
    }
  }

  function check(): void {
    const { borrowed, idle, pending, waiters, created, destroyed } = pool.statistics();
    // a creation that was given up may make its thing beside the others
    expect(borrowed + idle).toBeLessThanOrEqual(max);
    expect(created - destroyed).toBeGreaterThanOrEqual(borrowed + idle);
    expect(borrowed).toBe([...pool.holders()].length);
    if (!isAsync) expect(mostLiving).toBeLessThanOrEqual(max);
    // nobody waits while something lies idle, unless it is being looked at
    if (waiters > 0) expect(idle === 0 || pending > 0).toBe(true);
  }

  for (const step of script) {
    await follow(step);
    check();
  }
  // In the end everybody has been served or told, and everything is destroyed.
  for (let round = 0; round < 500 && served.length + told < asked.length; round++) {
    while (making.length > 0) settle('made', 0);
    while (checking.length > 0) settle('checked', 0);
    while (ending.length > 0) settle('ended', 0);
    while (loans.length > 0) give(0, 'release');
    vi.advanceTimersByTime(100);
    await turn();
    check();
  }
  expect(served.length + told).toBe(asked.length);
  while (loans.length > 0) give(0, 'release');
  const closed = pool.close();
  for (let round = 0; round < 20; round++) {
    while (making.length > 0) settle('made', 0);
    while (checking.length > 0) settle('checked', 0);
    while (ending.length > 0) settle('ended', 0);
    vi.advanceTimersByTime(1000);
    await turn();
  }
  await closed;
  const { borrowed, idle, pending, waiters, created, destroyed } = pool.statistics();
  expect({ borrowed, idle, pending, waiters, left: created - destroyed }).toEqual({
    borrowed: 0,
    idle: 0,
    pending: 0,
    waiters: 0,
    left: 0,
  });
  expect(things.filter(({ isDestroyed }) => !isDestroyed)).toEqual([]);
  expect(living).toBe(0);
  for (const { task } of asked) await task; // none of them saw what it should not
  if (!isClosed && script.every((step) => step.do !== 'cancel' && step.do !== 'abort' && step.do !== 'failed')) {
    const patient = script.every((step) => step.do !== 'acquire' || step.timeout === null);
    if (patient && script.every((step) => step.do !== 'advance')) expect(told).toBe(0);
    expect(served).toEqual(served.toSorted((a, b) => a - b)); // first come, first served
  }
  expect(vi.getTimerCount()).toBe(0);
}
