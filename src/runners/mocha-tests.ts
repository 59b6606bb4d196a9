// The tests of mocha 11 and 12 in one process of it. Mocha tells nobody that a test is at its timeout: it makes the error,
// and that is where we listen.
import { AsyncLocalStorage } from 'node:async_hooks';
import { endOfTests } from './end-of-tests.ts';
import { placeOfTitle } from './place.ts';
import { releasePromises } from './kept-promises.ts';
import { startRunner } from './start.ts';
import { beginTest, endTest, inTest, type TestRun } from './test-run.ts';
import { reportAtTimeout, reportNow } from './timeout.ts';

/** What we use of mocha's tests and hooks. */
interface Runnable {
  readonly type: 'test' | 'hook';
  readonly title: string;
  readonly file?: string;
  readonly parent?: Runnable & { readonly root?: boolean };
  readonly ctx?: { readonly currentTest?: Runnable };
  titlePath(): string[];
  timeout(): number;
  run(done: (error?: unknown) => void): void;
  _timeoutError(milliseconds: number): unknown;
}

/** What mocha calls in every process that has tests. */
export interface RootHooks {
  beforeAll(this: { readonly test: Runnable }): void;
  afterEach(): void;
}

const ownFrame = /\n.*mocha-tests\.[jt]s:.*/;
const runs = new WeakMap<Runnable, TestRun>();

/** Root hooks that see the tests. */
export function mochaTests(): RootHooks {
  startRunner();
  const end = endOfTests('mocha');
  let isSeen = false;
  return {
    beforeAll() {
      if (!isSeen) seeRunnables(classOf(this.test));
      isSeen = true;
    },
    afterEach: () => end.soon(),
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
    const test = runOf(this);
    if (test === null) return Reflect.apply(run, this, [done]);
    const outside = AsyncLocalStorage.snapshot(); // from here mocha goes on to the next test
    const stop = this.type === 'test' && this.timeout() === 0 ? reportAtTimeout(test) : null;
    const over = (error?: unknown): void => {
      stop?.();
      if (this.type === 'test') {
        endTest(test);
        releasePromises(test);
      }
      outside(done, error);
    };
    return inTest(test, () => Reflect.apply(run, this, [over]));
  };
  runnable._timeoutError = function (this: Runnable, milliseconds) {
    const error: unknown = Reflect.apply(_timeoutError, this, [milliseconds]);
    const test = runOf(this);
    if (test !== null) {
      test.timeoutMs = milliseconds; // it may have been changed within the test
      reportNow(test, 'timed out');
    }
    if (error instanceof Error && error.stack !== undefined) error.stack = error.stack.replace(ownFrame, '');
    return error;
  };
}

/** The run of a test, or of the test that a hook is called for; null for hooks of suites. */
function runOf(runnable: Runnable): TestRun | null {
  const test = runnable.type === 'test' ? runnable : runnable.ctx?.currentTest;
  if (test === undefined) return null;
  const known = runs.get(test);
  if (known !== undefined) return known;
  const file = test.file ?? '';
  const run = beginTest({
    runner: 'mocha',
    file,
    name: test.titlePath().filter(Boolean).join(' > '),
    place: () => placeOfTitle(file, test.title),
    timeoutMs: test.timeout() || null,
  });
  runs.set(test, run);
  return run;
}
