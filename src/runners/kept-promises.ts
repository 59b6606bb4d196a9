// What nobody can settle is garbage: the next collection takes a hung test's functions away, with the line that hangs. Here
// the promises that a test makes are held until it is over.
import { createHook } from 'node:async_hooks';
import { currentTask } from '../runtime/context.ts';
import { testOf, type TestRun } from './test-run.ts';

/** Of one test, those made last: what a test hangs at is among these. */
const mostKept = 1000;

interface Kept {
  readonly promises: object[];
  next: number;
}

const kept = new WeakMap<TestRun, Kept>();
let isKeeping = false;

/**
 * Holds the promises of tests from now on. Where nothing listens to promises that costs 3 to 4 times the price of an
 * `await`; node:test does so itself.
 */
export function keepPromises(): void {
  if (isKeeping) return;
  isKeeping = true;
  createHook({
    init(_id, type, _trigger, promise) {
      if (type !== 'PROMISE') return;
      const run = testOf(currentTask());
      if (run !== null && run.endedAt === null) keep(run, promise);
    },
  }).enable();
}

/** The test is over. */
export function releasePromises(run: TestRun): void {
  if (isKeeping) kept.delete(run);
}

function keep(run: TestRun, promise: object): void {
  let own = kept.get(run);
  if (own === undefined) kept.set(run, (own = { promises: [], next: 0 }));
  if (own.promises.length < mostKept) own.promises.push(promise);
  else own.promises[own.next] = promise;
  own.next = (own.next + 1) % mostKept;
}
