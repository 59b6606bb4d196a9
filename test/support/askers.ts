// Tasks that wait for something with timeouts and signals, and what a model expects of each: for property tests.
import * as fc from 'fast-check';
import { expect, vi } from 'vitest';
import {
  BrokenBarrierError,
  CancelledError,
  createTask,
  TimeoutError,
  type Task,
  type WaitOptions,
} from '../../src/index.ts';
import { microtasks } from './turn.ts';

/** How an asker asks. */
export interface Asking {
  readonly timeout: number | null;
  readonly signal: boolean;
}

/** What happens to askers from outside. */
export type Disturbance =
  | { readonly do: 'cancel' | 'abort'; readonly which: number }
  | { readonly do: 'advance'; readonly milliseconds: number }
  | { readonly do: 'microtasks'; readonly count: number };

export const which: fc.Arbitrary<number> = fc.nat({ max: 20 });

export const asking: { timeout: fc.Arbitrary<number | null>; signal: fc.Arbitrary<boolean> } = {
  timeout: fc.option(fc.constantFrom(0, 5, 10), { freq: 2 }),
  signal: fc.boolean(),
};

export const disturbances: fc.Arbitrary<Disturbance>[] = [
  fc.record({ do: fc.constantFrom('cancel' as const, 'abort'), which }),
  fc.record({ do: fc.constant('advance' as const), milliseconds: fc.constantFrom(1, 5, 10) }),
  fc.record({ do: fc.constant('microtasks' as const), count: fc.nat({ max: 4 }) }),
];

export interface Asker {
  readonly name: string;
  readonly task: Task;
  readonly controller: AbortController;
  readonly listens: boolean;
  readonly deadline: number;
  /** `waiting`, `cancelled`, `aborted`, `timed out`, or what the model says it got. */
  expected: string;
  actual: string;
}

/** All that have asked, with fake timers on. */
export class Askers {
  readonly all: Asker[] = [];
  readonly #left: (asker: Asker) => void;
  #clock = 0;

  /** @param left is told of those who stop waiting by cancellation, signal or timeout */
  constructor(left: (asker: Asker) => void) {
    this.#left = left;
  }

  /** A new task asks. `ask` returns what it got, in a word. */
  start(ask: (options: WaitOptions) => Promise<string>, { timeout, signal }: Asking): Asker {
    const controller = new AbortController();
    const options = { ...(timeout !== null && { timeout }), ...(signal && { signal: controller.signal }) };
    let actual = 'waiting';
    const task = createTask(
      async () => {
        actual = await ask(options).catch(wordFor);
      },
      { name: `asker ${this.all.length}` },
    );
    const asker: Asker = {
      name: task.name,
      task,
      controller,
      listens: signal,
      deadline: timeout === null ? Infinity : this.#clock + Math.max(1, timeout),
      expected: 'waiting',
      get actual() {
        return actual;
      },
    };
    this.all.push(asker);
    return asker;
  }

  async disturb(step: Disturbance): Promise<void> {
    switch (step.do) {
      case 'advance':
        this.#clock += step.milliseconds;
        vi.advanceTimersByTime(step.milliseconds);
        // in the order of their deadlines: who leaves may let others through, whose own is later
        for (const asker of this.all.toSorted((a, b) => a.deadline - b.deadline)) {
          if (asker.deadline <= this.#clock) this.#leave(asker, 'timed out');
        }
        return undefined;
      case 'microtasks':
        return microtasks(step.count);
      default: {
        const asker = this.all[step.which % Math.max(1, this.all.length)];
        if (asker === undefined) return undefined;
        if (step.do === 'cancel') {
          asker.task.cancel();
          this.#leave(asker, 'cancelled');
        } else {
          asker.controller.abort();
          if (asker.listens) this.#leave(asker, 'aborted');
        }
        return undefined;
      }
    }
  }

  #leave(asker: Asker, expected: string): void {
    if (asker.expected !== 'waiting') return;
    asker.expected = expected;
    this.#left(asker);
  }
}

/** What each waits for now is what the model says. */
export function expectWaits({ all }: Askers, kind: string): void {
  expect(all.map(({ task }) => task.waits?.kind ?? null)).toEqual(
    all.map(({ expected }) => (expected === 'waiting' ? kind : null)),
  );
}

/** Each got what the model says; then nothing is left. */
export async function expectOutcomes({ all }: Askers): Promise<void> {
  await microtasks(20);
  expect(all.map(({ actual }) => actual)).toEqual(all.map(({ expected }) => expected));
  for (const { task } of all) task.cancel();
  await microtasks(20);
  expect(vi.getTimerCount()).toBe(0);
}

function wordFor(error: unknown): string {
  if (error instanceof BrokenBarrierError) return 'broken';
  if (error instanceof CancelledError) return 'cancelled';
  return error instanceof TimeoutError ? 'timed out' : 'aborted';
}
