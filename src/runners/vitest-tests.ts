// The tests of vitest 3 to 5 in one thread of it: each runs in a context of its own, with its hooks.
import { complain } from '../runtime/complain.ts';
import { beginFile, type TestFile } from './test-file.ts';
import { placeOfTitle } from './place.ts';
import { startRunner } from './start.ts';
import { endTest, inTest, knowTest, startTest, type TestRun } from './test-run.ts';
import { reportAtTimeout } from './timeout.ts';
import { countVitestTimers } from './runner-timers.ts';
import {
  nameOf,
  placeOf,
  reportTimeout,
  seeHooks,
  titlesOf,
  unseen,
  type HookSight,
  type VitestTask,
} from './vitest-hooks.ts';

export { expectNoPending } from './expect-no-pending.ts';

/** What we use of `vitest`. */
export interface VitestApi {
  readonly aroundEach?: (hook: (run: () => Promise<void>, context: VitestContext) => Promise<void>) => void;
  readonly aroundAll?: (hook: (run: () => Promise<void>, context: object, suite: VitestTask) => Promise<void>) => void;
  readonly beforeAll: (hook: (...args: unknown[]) => void) => void;
  readonly TestRunner?: { readonly getSuiteHooks: HookSight['hooksOf'] };
}

/** What we use of `vitest/suite`, which vitest 5 does not have any more. */
export interface VitestSuite {
  readonly getFn: (task: VitestTask) => () => Promise<void>;
  readonly setFn: (task: VitestTask, run: () => Promise<void>) => void;
  readonly getHooks: HookSight['hooksOf'];
}

interface VitestContext {
  readonly task: VitestTask;
  readonly signal?: AbortSignal;
}

const functions = new WeakMap<VitestTask, () => Promise<void>>();
/** Of each test its last run: a retry is another. */
const runs = new WeakMap<VitestTask, TestRun>();

/** Called for each file of tests. */
export function seeVitest(api: VitestApi, suite: VitestSuite | null, sandbox: object): void {
  if (suite === null && api.aroundEach === undefined) {
    complain('tests of this vitest are not seen: it has neither aroundEach nor vitest/suite');
    return;
  }
  startRunner(sandbox);
  const file = beginFile('vitest', countVitestTimers);
  if (suite === null) seeAround(api, file, sandbox);
  else seeOlder(api, suite, file, sandbox);
}

/** From 4.1 on there are hooks around tests, and around all of them. */
function seeAround({ aroundEach, aroundAll, TestRunner }: VitestApi, file: TestFile, sandbox: object): void {
  // Vitest reads from the text of a hook what it wants of the context.
  aroundEach?.((run, { task, signal }) => runTest(task, startTest(know(task, signal, sandbox)), run));
  // oxlint-disable-next-line no-empty-pattern -- vitest reads from it that nothing of the context is wanted
  aroundAll?.(async (run, {}, suite) => {
    if (TestRunner !== undefined) {
      seeHooks(suite, { hooksOf: TestRunner.getSuiteHooks, runOf: (task) => runs.get(task), sandbox });
    }
    try {
      await run();
    } finally {
      await file.end('');
    }
  });
}

/** The same by the hooks of the file, which stand in lists, and the functions of tests. */
function seeOlder({ beforeAll }: VitestApi, suite: VitestSuite, file: TestFile, sandbox: object): void {
  beforeAll((of) => {
    const whole = of as VitestTask;
    seeHooks(whole, { hooksOf: suite.getHooks, runOf: (task) => runs.get(task), sandbox });
    const hooks = suite.getHooks(whole);
    hooks.afterAll.unshift(unseen(() => file.end('')));
    hooks.beforeEach.unshift(
      unseen((context) => {
        const { task, signal } = context as VitestContext;
        const run = functions.get(task) ?? suite.getFn(task); // a retry has the one that was set before
        functions.set(task, run);
        const test = know(task, signal, sandbox);
        suite.setFn(task, () => runTest(task, startTest(test), run));
      }),
    );
  });
}

/** A test whose hooks are about to run. */
function know(task: VitestTask, signal: AbortSignal | undefined, sandbox: object): TestRun {
  const test: TestRun = knowTest({
    runner: 'vitest',
    file: task.file.filepath,
    name: nameOf(task),
    place: () => task.location ?? placeOf(test, sandbox) ?? placeOfTitle(test.file, titlesOf(task)),
    timeoutMs: isEndless(task) ? null : (task.timeout ?? null),
  });
  runs.set(task, test);
  // The first listener: nothing of the test's own has been told yet.
  signal?.addEventListener('abort', () => reportTimeout(test, signal.reason), { once: true });
  return test;
}

/** Whether it has no timeout. */
function isEndless({ timeout }: VitestTask): boolean {
  return timeout !== undefined && (timeout <= 0 || timeout === Infinity);
}

async function runTest(task: VitestTask, test: TestRun, run: () => Promise<void>): Promise<void> {
  const stop = isEndless(task) ? reportAtTimeout(test) : null;
  try {
    await inTest(test, run);
  } catch (reason) {
    reportTimeout(test, reason);
    throw reason;
  } finally {
    stop?.();
    endTest(test);
  }
}
