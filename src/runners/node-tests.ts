// The tests of node:test in this process. Node calls the function of a test, and of a hook, by `runInAsyncScope` of its
// object: there it gets its context. What Node keeps in that object is not documented; where it is not there, nothing is seen.
import { AsyncResource } from 'node:async_hooks';
import { beforeEvent } from '../process/events.ts';
import { now } from '../runtime/clock.ts';
import { currentTask } from '../runtime/context.ts';
import { complain } from '../runtime/complain.ts';
import type { Callback } from './callback.ts';
import { endOfTests } from './end-of-tests.ts';
import { hideOwnFrames } from './own-frames.ts';
import { startRunner } from './start.ts';
import {
  beginHook,
  beginTest,
  endTest,
  inTest,
  knowTest,
  pendingTests,
  startTest,
  testOf,
  callbackIn,
  type TestRun,
} from './test-run.ts';
import { reportAtTimeout, reportNow } from './timeout.ts';

/** What we use of Node's object of a test, a suite or a hook. */
interface NodeTest {
  readonly reportedType?: string;
  readonly name: string;
  readonly parent: NodeTest | null;
  readonly root: NodeTest;
  /** Of a hook. */
  readonly hookType?: string;
  readonly parentTest?: NodeTest;
  readonly timeout: number | null;
  readonly signal: AbortSignal;
  readonly loc?: { readonly file: string; readonly line: number; readonly column: number };
}

/** What we use of the object that Node gives to a test and to its hooks. */
interface NodeContext {
  readonly name: string;
  readonly fullName: string;
  readonly filePath?: string;
}

interface Known {
  readonly run: TestRun;
  /** Null before it begins. */
  test: NodeTest | null;
}

type Scope = (this: unknown, run: (...args: unknown[]) => unknown, self: unknown, ...args: unknown[]) => unknown;

/** Node's timer was set before we knew of the test. */
const earlyMs = 50;
const types = new Set(['Test', 'Suite', 'TestHook']);
const runs = new WeakMap<NodeContext, Known>();
const end = endOfTests('node:test');

/** Sees the tests of this process from now on. */
export function seeNodeTests(): void {
  startRunner();
  const everyResource = AsyncResource.prototype as unknown as { runInAsyncScope: Scope };
  const { runInAsyncScope } = everyResource;
  everyResource.runInAsyncScope = function (this: unknown, ...args) {
    if (!types.has((this as object).constructor.name)) return Reflect.apply(runInAsyncScope, this, args);
    everyResource.runInAsyncScope = runInAsyncScope; // only until the class of tests is known
    return Reflect.apply(seeClassOf(this as object, runInAsyncScope) ?? runInAsyncScope, this, args);
  };
  beforeEvent('beforeExit', () => {
    for (const run of pendingTests().toReversed()) reportNow(run, 'unfinished'); // a hook before its test
    end.drained(); // Node 24 and later wait for ever for a test that is pending now
  });
}

/** Null where tests are not as we know them. */
function seeClassOf(first: object, runInAsyncScope: Scope): Scope | null {
  let prototype: object | null = first;
  while (prototype !== null && !Object.hasOwn(prototype, 'createSubtest')) prototype = Object.getPrototypeOf(prototype);
  if (prototype === null) {
    complain(`tests of node:test are not seen in Node ${process.versions.node}`);
    return null;
  }
  const scope: Scope = function (run, self, ...args) {
    const test = this as NodeTest;
    const { hookType } = test;
    const own = hookType === undefined ? runOf(test, self) : hookRun(test, hookType, args[0]);
    if (own === null) return Reflect.apply(runInAsyncScope, this, [run, self, ...args]);
    // Within the scope, which has a context of its own.
    const inContext = (...given: unknown[]): unknown => inTest(own, () => Reflect.apply(run, self, given));
    return runTest(own, test, () => Reflect.apply(runInAsyncScope, this, [inContext, self, ...args]), args);
  };
  Object.defineProperty(prototype, 'runInAsyncScope', { value: scope, configurable: true, writable: true });
  return scope;
}

/** The run of a hook: of the test with this context, or of a suite. */
function hookRun(hook: NodeTest, hookType: string, context: unknown): TestRun {
  const { loc, parentTest: parent } = hook;
  const facts = { name: `${hookType} hook`, timeoutMs: timeoutOf(hook), place: () => loc ?? null };
  const known = hookType === 'beforeEach' ? knownOf(context as NodeContext) : runs.get(context as NodeContext);
  if (known !== undefined) return beginHook(known.run, facts);
  const suite = parent === undefined || parent === parent.root ? '' : `${nameOf(parent)} > `;
  return beginTest({ ...facts, runner: 'node:test', file: loc?.file ?? mainFile(), name: suite + facts.name });
}

/** The run of the test with this context, which begins; null for a suite. */
function runOf(test: NodeTest, context: unknown): TestRun | null {
  if (test.reportedType !== 'test' || test.constructor.name !== 'Test') return null;
  const isPart = test.parent !== null && test.parent.reportedType === 'test' && test.parent !== test.root;
  const known = knownOf(context as NodeContext, isPart);
  known.test = test;
  known.run.timeoutMs = timeoutOf(test);
  known.run.file = test.loc?.file ?? known.run.file;
  return startTest(known.run);
}

/** What is known of the test with this context; a hook before it does not tell whether it is a part of another. */
function knownOf(context: NodeContext, isPart?: boolean): Known {
  const before = runs.get(context);
  if (before !== undefined) return before;
  const { fullName, name } = context;
  const run = knowTest({
    runner: 'node:test',
    file: context.filePath ?? mainFile(),
    name: fullName,
    place: () => known.test?.loc ?? null,
    timeoutMs: null,
    isPart: isPart ?? fullName === `${testOf(currentTask())?.name} > ${name}`,
  });
  const known: Known = { run, test: null };
  runs.set(context, known);
  return known;
}

function timeoutOf({ timeout }: NodeTest): number | null {
  return timeout === Infinity ? null : timeout;
}

function mainFile(): string {
  return process.argv[1] ?? '';
}

function runTest(test: TestRun, from: NodeTest, call: () => unknown, args: unknown[]): unknown {
  const { timeoutMs, record, startedAt, hookOf } = test;
  const signal = timeoutMs === null ? null : from.signal; // Node makes it when it is asked for, at a price
  const stop = timeoutMs === null ? reportAtTimeout(test) : (): void => {};
  const since = hookOf === null ? record.createdAt : startedAt; // hooks before a test are of its time
  // Aborted when the test is over, too. The first listener: nothing of the test's own has been told yet.
  const onAbort = (): void => {
    if (test.endedAt === null && now() - since >= (timeoutMs ?? 0) - earlyMs) reportNow(test, 'timed out');
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  const over = (): void => {
    stop();
    signal?.removeEventListener('abort', onAbort); // a hook has the same each time
    endTest(test);
    end.soon();
  };
  const failed = (error: unknown): void => {
    over();
    hideOwnFrames(error);
  };
  const done = args.at(-1);
  if (args.length > 1 && typeof done === 'function') {
    args[args.length - 1] = callbackIn(test, done as Callback, over);
  }
  let result: unknown;
  try {
    result = call();
  } catch (error) {
    failed(error);
    throw error;
  }
  if (result instanceof Promise) result.then(over, failed);
  else if (args.length <= 1) over();
  return result;
}

function nameOf({ name, parent, root }: NodeTest): string {
  return parent === null || parent === root ? name : `${nameOf(parent)} > ${name}`;
}
