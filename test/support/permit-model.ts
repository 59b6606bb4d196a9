// Locks and semaphores against a model: the simplest thing that could be right, asked after every step.
import * as fc from 'fast-check';
import { expect, vi } from 'vitest';
import { createTask, CancelledError, TimeoutError, type Permit, type Task, type WaitOptions } from '../../src/index.ts';
import type { ResourceRecord } from '../../src/channels/resource.ts';
import { microtasks } from './turn.ts';

/** What is tested: a Lock or a Semaphore. */
export interface Permits extends ResourceRecord {
  acquire(options?: WaitOptions): Promise<Permit>;
  tryAcquire(): Permit | null;
}

type Step =
  | { readonly do: 'acquire'; readonly timeout: number | null; readonly signal: boolean }
  | { readonly do: 'tryAcquire' }
  | { readonly do: 'release' | 'release twice' | 'cancel' | 'abort'; readonly which: number }
  | { readonly do: 'advance'; readonly milliseconds: number }
  | { readonly do: 'microtasks'; readonly count: number };

const which = fc.nat({ max: 20 });

/** Random interleavings of everything that can happen to permits. */
export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constant('acquire' as const),
      timeout: fc.option(fc.constantFrom(0, 5, 10), { freq: 2 }),
      signal: fc.boolean(),
    }),
    fc.record({ do: fc.constant('tryAcquire' as const) }),
    fc.record({ do: fc.constantFrom('release' as const, 'release twice', 'cancel', 'abort'), which }),
    fc.record({ do: fc.constant('advance' as const), milliseconds: fc.constantFrom(1, 5, 10) }),
    fc.record({ do: fc.constant('microtasks' as const), count: fc.nat({ max: 4 }) }),
  ),
  { maxLength: 60 },
);

type Outcome = 'waiting' | 'granted' | 'cancelled' | 'aborted' | 'timed out';

interface Asker {
  readonly name: string;
  readonly task: Task;
  readonly controller: AbortController;
  readonly listens: boolean;
  readonly deadline: number;
  expected: Outcome;
  actual: Outcome;
}

/** Runs the steps with fake timers on, and compares with the model after each. */
export async function compareWithModel(resource: Permits, permits: number, script: readonly Step[]): Promise<void> {
  const askers: Asker[] = [];
  let line: Asker[] = [];
  let holders: string[] = [];
  let clock = 0;

  function ask({ timeout, signal }: { timeout: number | null; signal: boolean }): void {
    const controller = new AbortController();
    const options = { ...(timeout === null ? {} : { timeout }), ...(signal ? { signal: controller.signal } : {}) };
    let actual: Outcome = 'waiting';
    const task = createTask(
      async () => {
        try {
          await resource.acquire(options);
          actual = 'granted';
        } catch (error) {
          actual =
            error instanceof CancelledError ? 'cancelled' : error instanceof TimeoutError ? 'timed out' : 'aborted';
        }
      },
      { name: `asker ${askers.length}` },
    );
    const free = holders.length < permits;
    const asker: Asker = {
      name: task.name,
      task,
      controller,
      listens: signal,
      deadline: timeout === null ? Infinity : clock + Math.max(1, timeout),
      expected: free ? 'granted' : 'waiting',
      get actual() {
        return actual;
      },
    };
    askers.push(asker);
    if (free) holders.push(asker.name);
    else line.push(asker);
  }

  function leave(asker: Asker, outcome: Outcome): void {
    if (asker.expected !== 'waiting') return;
    asker.expected = outcome;
    line = line.filter((other) => other !== asker);
  }

  function release(index: number, twice: boolean): void {
    if (holders.length === 0) return;
    const hold = [...resource.holders()][index % holders.length] as Permit;
    hold.release();
    if (twice) hold[Symbol.dispose]();
    holders = holders.toSpliced(index % holders.length, 1);
    const next = line.shift();
    if (next === undefined) return;
    next.expected = 'granted';
    holders.push(next.name);
  }

  async function follow(step: Step): Promise<void> {
    switch (step.do) {
      case 'acquire':
        return ask(step);
      case 'tryAcquire': {
        const free = holders.length < permits;
        expect(resource.tryAcquire() !== null).toBe(free);
        if (free) holders.push('(main)');
        return undefined;
      }
      case 'release':
      case 'release twice':
        return release(step.which, step.do === 'release twice');
      case 'cancel':
      case 'abort': {
        const asker = askers[step.which % Math.max(1, askers.length)];
        if (asker === undefined) return undefined;
        if (step.do === 'cancel') {
          asker.task.cancel();
          leave(asker, 'cancelled');
        } else {
          asker.controller.abort();
          if (asker.listens) leave(asker, 'aborted');
        }
        return undefined;
      }
      case 'advance':
        clock += step.milliseconds;
        vi.advanceTimersByTime(step.milliseconds);
        for (const asker of line) if (asker.deadline <= clock) leave(asker, 'timed out');
        return undefined;
      case 'microtasks':
        return microtasks(step.count);
      default:
        return step satisfies never;
    }
  }

  function compare(): void {
    expect({
      holders: Array.from(resource.holders(), ({ task }) => task.origin.name),
      statistics: resource.statistics(),
      waits: askers.map(({ task }) => task.waits?.kind ?? null),
    }).toEqual({
      holders,
      statistics: { kind: resource.kind, permits, held: holders.length, waiters: line.length },
      waits: askers.map(({ expected }) => (expected === 'waiting' ? 'acquire' : null)),
    });
  }

  for (const step of script) {
    await follow(step);
    compare();
  }
  while (holders.length > 0) release(0, false);
  await microtasks(10);
  compare();
  expect(askers.map(({ actual }) => actual)).toEqual(askers.map(({ expected }) => expected));
  for (const { task } of askers) task.cancel();
  expect(vi.getTimerCount()).toBe(0);
}
