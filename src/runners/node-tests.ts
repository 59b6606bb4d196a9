// The tests of node:test in this process. Node calls the function of a test, and of a hook, by `runInAsyncScope` of its
// object: there it gets its context. What Node keeps in that object is not documented; where it is not there, nothing is seen.
import { AsyncResource } from 'node:async_hooks';
import { beforeEvent } from '../process/events.ts';
import { now } from '../runtime/clock.ts';
import { complain } from '../runtime/complain.ts';
import { endOfTests } from './end-of-tests.ts';
import { keepPromises, releasePromises } from './kept-promises.ts';
import { startRunner } from './start.ts';
import { beginTest, endTest, inTest, pendingTests, type TestRun } from './test-run.ts';
import { reportAtTimeout, reportNow } from './timeout.ts';

/** What we use of Node's object of a test, a suite or a hook. */
interface NodeTest {
  readonly reportedType?: string;
  readonly name: string;
  readonly parent: NodeTest | null;
  readonly root: NodeTest;
  readonly hookType?: string;
  readonly timeout: number | null;
  readonly signal: AbortSignal;
  readonly loc?: { readonly file: string; readonly line: number; readonly column: number };
}

type Scope = (this: unknown, run: (...args: unknown[]) => unknown, self: unknown, ...args: unknown[]) => unknown;

/** Node's timer was set before the function was called. */
const earlyMs = 50;
const types = new Set(['Test', 'Suite', 'TestHook']);
const runs = new WeakMap<object, TestRun>();
const end = endOfTests('node:test');

/** Sees the tests of this process from now on. */
export function seeNodeTests(): void {
  startRunner();
  keepPromises(); // Node listens to all promises in its tests anyway
  const everyResource = AsyncResource.prototype as unknown as { runInAsyncScope: Scope };
  const { runInAsyncScope } = everyResource;
  everyResource.runInAsyncScope = function (this: unknown, ...args) {
    if (!types.has((this as object).constructor.name)) return Reflect.apply(runInAsyncScope, this, args);
    everyResource.runInAsyncScope = runInAsyncScope; // only until the class of tests is known
    return Reflect.apply(seeClassOf(this as object, runInAsyncScope) ?? runInAsyncScope, this, args);
  };
  beforeEvent('beforeExit', () => {
    for (const run of pendingTests()) reportNow(run, 'unfinished');
    end.drained(); // Node 24 and later wait for ever for a test that is pending now
  });
}

/** Null where tests are not as we know them. */
function seeClassOf(test: object, runInAsyncScope: Scope): Scope | null {
  let prototype: object | null = test;
  while (prototype !== null && !Object.hasOwn(prototype, 'createSubtest')) prototype = Object.getPrototypeOf(prototype);
  if (prototype === null) {
    complain(`tests of node:test are not seen in Node ${process.versions.node}`);
    return null;
  }
  const scope: Scope = function (run, self, ...args) {
    const { hookType, signal } = this as NodeTest;
    const own = runOf(this as NodeTest, hookType === undefined ? self : args[0]);
    if (own === null) return Reflect.apply(runInAsyncScope, this, [run, self, ...args]);
    // Within the scope, which has a context of its own.
    const inContext = (...given: unknown[]): unknown => inTest(own, () => Reflect.apply(run, self, given));
    const call = (): unknown => Reflect.apply(runInAsyncScope, this, [inContext, self, ...args]);
    return hookType === undefined ? runTest(own, signal, call, args) : call();
  };
  Object.defineProperty(prototype, 'runInAsyncScope', { value: scope, configurable: true, writable: true });
  return scope;
}

/** The run of the test with this context; null for a suite, and for hooks of suites. */
function runOf(test: NodeTest, context: unknown): TestRun | null {
  if (typeof context !== 'object' || context === null) return null;
  const known = runs.get(context);
  if (known !== undefined) return known;
  if (test.reportedType !== 'test' || test.constructor.name !== 'Test') return null;
  const { loc, timeout } = test;
  const run = beginTest({
    runner: 'node:test',
    file: loc?.file ?? process.argv[1] ?? '',
    name: nameOf(test),
    place: () => loc ?? null,
    timeoutMs: timeout === Infinity ? null : timeout,
    isPart: test.parent !== null && test.parent.reportedType === 'test' && test.parent !== test.root,
  });
  runs.set(context, run);
  return run;
}

function runTest(test: TestRun, signal: AbortSignal, call: () => unknown, args: unknown[]): unknown {
  const { timeoutMs, startedAt } = test;
  const stop = timeoutMs === null ? reportAtTimeout(test) : (): void => {};
  // Aborted when the test is over, too. The first listener: nothing of the test's own has been told yet.
  const onAbort = (): void => {
    if (timeoutMs !== null && test.endedAt === null && now() - startedAt >= timeoutMs - earlyMs)
      reportNow(test, 'timed out');
  };
  signal.addEventListener('abort', onAbort, { once: true });
  const over = (): void => {
    stop();
    endTest(test);
    releasePromises(test);
    end.soon();
  };
  const done = args.at(-1);
  if (args.length > 1 && typeof done === 'function') {
    args[args.length - 1] = (...values: unknown[]): unknown => {
      over();
      return Reflect.apply(done, undefined, values);
    };
  }
  let result: unknown;
  try {
    result = call();
  } catch (error) {
    over();
    throw error;
  }
  if (result instanceof Promise) result.then(over, over);
  else if (args.length <= 1) over();
  return result;
}

function nameOf({ name, parent, root }: NodeTest): string {
  return parent === null || parent === root ? name : `${nameOf(parent)} > ${name}`;
}
