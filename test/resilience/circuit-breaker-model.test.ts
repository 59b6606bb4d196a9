// The breaker against a model: the simplest thing that could be right, asked after every step.
import { leap, pass, startVirtualTime } from '../support/virtual-time.ts';
import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BreakerOpenError, CircuitBreaker, type BreakerState } from '../../src/index.ts';
import { expectNoTimersLeft, microtasks } from '../support/turn.ts';

beforeEach(startVirtualTime);
afterEach(expectNoTimersLeft);

type Step =
  | { readonly do: 'call' | 'open' | 'close' }
  | { readonly do: 'succeed' | 'fail' | 'cancel'; readonly which: number }
  | { readonly do: 'pass' | 'leap'; readonly milliseconds: number };

const which = fc.nat({ max: 20 });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ do: fc.constant('call' as const) }) },
    { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('succeed' as const, 'fail', 'fail', 'cancel'), which }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constantFrom('pass' as const, 'leap'),
        milliseconds: fc.constantFrom(1, 50, 99, 100, 101, 500),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('open' as const, 'close') }) },
  ),
  { maxLength: 80, size: 'max' },
);

interface Options {
  readonly failures: number;
  readonly windowCalls: number;
  readonly probes: number;
}

const openFor = 100;

/** What a breaker should do, spelled out with plain lists. */
class Model {
  state: BreakerState = 'closed';
  window: boolean[] = [];
  round = 0;
  nextAt = 0;
  started = 0;
  succeeded = 0;
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  change(state: BreakerState, at: number): void {
    this.state = state;
    this.round++;
    this.nextAt = at + openFor;
    this.started = 0;
    this.succeeded = 0;
    if (state === 'closed') this.window = [];
  }

  admits(at: number): boolean {
    if (this.state === 'closed') return true;
    if (this.state === 'open' && at >= this.nextAt) this.change('half-open', at);
    if (this.state === 'open') return false;
    if (this.started >= this.#options.probes) {
      if (at < this.nextAt) return false;
      this.change('half-open', at);
    }
    this.started++;
    return true;
  }

  settle(round: number, how: 'succeed' | 'fail' | 'cancel', at: number): void {
    if (round !== this.round) return;
    if (how === 'cancel') {
      this.started--;
    } else if (this.state === 'half-open') {
      if (how === 'fail') this.change('open', at);
      else if (++this.succeeded >= this.#options.probes) this.change('closed', at);
    } else {
      this.window = [...this.window, how === 'fail'].slice(-this.#options.windowCalls);
      if (this.window.filter(Boolean).length >= this.#options.failures) this.change('open', at);
    }
  }
}

interface Pending {
  readonly round: number;
  readonly controller: AbortController;
  resolve(): void;
  reject(error: Error): void;
}

async function compareWithModel(options: Options, script: readonly Step[]): Promise<void> {
  const breaker = new CircuitBreaker({ ...options, openFor });
  const model = new Model(options);
  const pending: Pending[] = [];
  const letters: string[] = [];
  let clock = 0;

  async function call(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const controller = new AbortController();
    const admitted = model.admits(clock);
    let called = false;
    const result = breaker.run(
      async ({ signal }) => {
        called = true;
        signal.addEventListener('abort', () => reject(signal.reason as Error));
        return promise;
      },
      { signal: controller.signal },
    );
    const refused = result.then(
      () => false,
      (error: unknown) => error instanceof BreakerOpenError,
    );
    expect(called).toBe(admitted);
    if (admitted) pending.push({ round: model.round, controller, resolve, reject });
    else expect(await refused).toBe(true);
  }

  for (const step of script) {
    letters.push(step.do);
    if (step.do === 'call') await call();
    else if (step.do === 'open' || step.do === 'close') {
      breaker[step.do]();
      const to = step.do === 'open' ? 'open' : 'closed';
      if (model.state !== to) model.change(to, clock);
    } else if ('milliseconds' in step) {
      clock += step.milliseconds;
      if (step.do === 'leap') leap(step.milliseconds);
      else await pass(step.milliseconds);
    } else if ('which' in step) {
      const [settled] = pending.splice(step.which % Math.max(1, pending.length), 1);
      if (settled === undefined) continue;
      if (step.do === 'succeed') settled.resolve();
      else if (step.do === 'fail') settled.reject(new Error('down'));
      else settled.controller.abort();
      await microtasks(20);
      model.settle(settled.round, step.do, clock);
    }
    const { state, failures } = breaker.statistics();
    expect({ letters, state, failures: state === 'closed' ? failures : 0 }).toEqual({
      letters,
      state: model.state,
      failures: model.state === 'closed' ? model.window.filter(Boolean).length : 0,
    });
  }
  for (const { resolve } of pending) resolve();
  await microtasks(20);
}

test.each<Options>([
  { failures: 1, windowCalls: 1, probes: 1 },
  { failures: 2, windowCalls: 4, probes: 1 },
  { failures: 3, windowCalls: 3, probes: 2 },
  { failures: 2, windowCalls: 10, probes: 3 },
])('whatever happens, a breaker with %o is in the state in which it should be', async (options) => {
  const check = fc.asyncProperty(steps, async (script) => compareWithModel(options, script));
  await expect(fc.assert(check, { numRuns: 150 })).resolves.toBe(undefined);
});
