// The tests of mocha 10 to 12 in one process of it. Mocha tells nobody that a test is at its timeout: it makes the error,
// and that is where we listen.
import { currentTask, switchTask } from '../runtime/context.ts';
import type { Callback } from './callback.ts';
import { watchExit, whenRunnerIsDone } from './exit-watch.ts';
import { hideOwnFrames } from './own-frames.ts';
import { placeOfTitle } from './place.ts';
import { startRunner } from './start.ts';
import { beginFile } from './test-file.ts';
import { beginHook, beginTest, endTest, inTest, knowTest, startTest, callbackIn, type TestRun } from './test-run.ts';
import { reportAtTimeout, reportNow } from './timeout.ts';

/** What we use of mocha's tests and hooks. */
interface Runnable {
  readonly type: 'test' | 'hook';
  readonly title: string;
  /** Of a hook: without its own name and that of its test. */
  readonly originalTitle?: string;
  readonly file?: string;
  fn?: (this: unknown, done: Callback) => unknown;
  /** Whether it is over when its callback is called. */
  readonly async?: boolean | number;
  readonly parent?: Runnable & { readonly root?: boolean };
  readonly ctx?: { readonly currentTest?: Runnable };
  titlePath(): string[];
  timeout(): number;
  run(done: (error?: unknown) => void): void;
  _timeoutError(milliseconds: number): unknown;
}

/** What mocha calls in every process that has tests, before the first; in parallel ones for each file. */
export interface RootHooks {
  beforeAll(this: { readonly test: Runnable & { readonly parent?: Suite } }): void;
}

interface Suite {
  afterAll(hook: (this: { timeout(milliseconds: number): void }) => Promise<void>): void;
}

const aroundAll = /^"(?:before|after) all" hook/;
const own = new WeakSet<object>();
const runs = new WeakMap<Runnable, TestRun>();
const running = new WeakMap<Runnable, TestRun>();

/** Root hooks that see the tests. */
export function mochaTests(): RootHooks {
  startRunner();
  let file = beginFile('mocha');
  let isSeen = false;
  return {
    beforeAll() {
      if (!isSeen) seeRunnables(classOf(this.test));
      isSeen = true;
      // The last of all hooks: those of the tests are known by now.
      const lastHook: Parameters<Suite['afterAll']>[0] = async function () {
        this.timeout(0);
        const ended = file;
        await ended.end(process.argv[1] ?? '');
        file = beginFile('mocha');
        whenRunnerIsDone('exitMochaLater', () => watchExit(ended.beginning));
      };
      own.add(lastHook);
      this.test.parent?.afterAll(lastHook);
    },
  };
}

/** The prototype of what tests and hooks have in common. */
function classOf(hook: Runnable): Runnable {
  let prototype: object = hook;
  while (!Object.hasOwn(prototype, '_timeoutError')) prototype = Object.getPrototypeOf(prototype) as object;
  return prototype as Runnable;
}

/** Tests and hooks run in the context of their test, and are reported when mocha makes the error of their timeout. */
function seeRunnables(runnable: Runnable): void {
  // oxlint-disable-next-line typescript/unbound-method -- applied to what they are called on
  const { run, _timeoutError } = runnable;
  runnable.run = function (this: Runnable, done) {
    if (own.has(this.fn ?? this)) return Reflect.apply(run, this, [done]);
    const test = runOf(this);
    const before = currentTask() ?? undefined; // from here mocha goes on to the next test
    const stop = this.timeout() === 0 ? reportAtTimeout(test) : null;
    const unwatch = this.async ? watchCallback(this, test) : null;
    const over = (error?: unknown): void => {
      unwatch?.();
      stop?.();
      endTest(test);
      hideOwnFrames(error);
      const inside = switchTask(before);
      try {
        done(error);
      } finally {
        switchTask(inside);
      }
    };
    return inTest(test, () => Reflect.apply(run, this, [over]));
  };
  runnable._timeoutError = function (this: Runnable, milliseconds) {
    const error: unknown = Reflect.apply(_timeoutError, this, [milliseconds]);
    const test = running.get(this);
    if (test !== undefined) {
      test.timeoutMs = milliseconds; // it may have been changed within the test
      reportNow(test, 'timed out');
    }
    hideOwnFrames(error);
    return error;
  };
}

/** Mocha holds its callback itself: what the test is given is another, of which it can be told who has it. */
function watchCallback(runnable: Runnable, test: TestRun): () => void {
  const { fn } = runnable;
  if (fn === undefined) return () => {};
  runnable.fn = function (this: unknown, done: Callback) {
    return Reflect.apply(fn, this, [callbackIn(test, done)]);
  };
  return () => {
    runnable.fn = fn;
  };
}

/** A test or hook begins: a hook is of the test that it is called for, or of a suite. */
function runOf(runnable: Runnable): TestRun {
  // Around all tests of a suite mocha tells one of them.
  const isAroundAll = runnable.type === 'hook' && aroundAll.test(titleOf(runnable));
  const test = runnable.type === 'test' ? runnable : isAroundAll ? undefined : runnable.ctx?.currentTest;
  const run = test === undefined ? null : testRun(test);
  const begun = run !== null && test === runnable ? startTest(run) : hookRun(runnable, run);
  running.set(runnable, begun);
  return begun;
}

function testRun(test: Runnable): TestRun {
  const known = runs.get(test);
  if (known !== undefined) return known;
  const file = test.file ?? '';
  const run = knowTest({
    runner: 'mocha',
    file,
    name: nameOf(test),
    place: () => placeOfTitle(file, titlesOf(test)),
    timeoutMs: test.timeout() || null,
  });
  runs.set(test, run);
  return run;
}

function hookRun(hook: Runnable, test: TestRun | null): TestRun {
  const { file = '', parent } = hook;
  const name = titleOf(hook);
  const facts = { place: () => null, timeoutMs: hook.timeout() || null };
  if (test !== null) return beginHook(test, { ...facts, name });
  const suite = parent === undefined ? [] : [nameOf(parent)].filter(Boolean);
  return beginTest({ ...facts, runner: 'mocha', file, name: [...suite, name].join(' > ') });
}

function titleOf({ originalTitle, title }: Runnable): string {
  return originalTitle ?? title;
}

function titlesOf(runnable: Runnable): readonly string[] {
  return runnable.titlePath().filter(Boolean);
}

function nameOf(runnable: Runnable): string {
  return titlesOf(runnable).join(' > ');
}
