// The hooks of a file of vitest's: each runs in the context of its test, or in one of its own where it is for all tests of a
// suite, and is reported at its timeout, before anything is torn down.
import { placeInStack } from './place.ts';
import { beginHook, beginTest, endTest, inTest, pendingTests, type TestRun } from './test-run.ts';
import { reportAtTimeout, reportNow } from './timeout.ts';

type Hook = (...args: unknown[]) => unknown;

const ofSuites = ['beforeAll', 'afterAll'] as const;
const ofTests = ['beforeEach', 'afterEach'] as const;

/** The hooks of one suite; vitest calls them as they stand there. */
export type VitestHooks = Readonly<Record<(typeof ofSuites | typeof ofTests)[number], Hook[]>>;

/** A test, a suite, or a file of tests, which is a suite. */
export interface VitestTask {
  readonly type: 'test' | 'suite';
  readonly name: string;
  readonly timeout?: number;
  readonly file: VitestTask & { readonly filepath: string };
  readonly suite?: VitestTask;
  readonly location?: { readonly line: number; readonly column: number };
  readonly tasks?: readonly VitestTask[];
}

/** What sees the hooks. */
export interface HookSight {
  readonly hooksOf: (suite: VitestTask) => VitestHooks;
  readonly runOf: (test: VitestTask) => TestRun | undefined;
  /** The global object of the tests. */
  readonly sandbox: object;
}

/** How vitest says that something is at its timeout. */
const timedOut = /^(?:Test|Hook|The \w+ phase of "\w+" hook) timed out (?:in|after) (\d+)ms/;
/** What vitest makes of a hook with a timeout. */
const withTimeout = 'runWithTimeout';
const seen = new WeakSet<Hook>();
const reasons = new WeakMap<TestRun, unknown>();

/** Sees the hooks of this suite, and of those in it. May be called twice. */
export function seeHooks(suite: VitestTask, sight: HookSight): void {
  const hooks = sight.hooksOf(suite);
  for (const kind of ofSuites) {
    const name = suite.file === suite ? `${kind} hook` : `${nameOf(suite)} > ${kind} hook`;
    const { filepath: file } = suite.file;
    replace(hooks[kind], sight, (_args, place) => beginTest({ runner: 'vitest', file, name, place, timeoutMs: null }));
  }
  for (const kind of ofTests) {
    replace(hooks[kind], sight, ([context], place) => {
      const test = sight.runOf((context as { readonly task: VitestTask }).task);
      return test === undefined ? null : beginHook(test, { name: `${kind} hook`, place, timeoutMs: null });
    });
  }
  for (const each of suite.tasks ?? []) if (each.type === 'suite') seeHooks(each, sight);
}

/** A hook that is not to be seen: one of ours. */
export function unseen<Own extends Hook>(hook: Own): Own {
  seen.add(hook);
  return hook;
}

/** Reports a test or a hook that failed, if it did because it was at its timeout. */
export function reportTimeout(run: TestRun, reason: unknown): void {
  const milliseconds = timeoutIn(reason);
  if (milliseconds === null) return;
  const late = pendingTests().find(({ hookOf, isReported }) => hookOf === run && !isReported) ?? run;
  if (late !== run || run.timeoutMs === null) late.timeoutMs = milliseconds;
  reasons.set(late, reason);
  reportNow(late, 'timed out');
}

/** Where a test or a hook is written that was at its timeout: vitest's error has it. */
export function placeOf(run: TestRun, sandbox: object): ReturnType<TestRun['place']> {
  return placeInStack(reasons.get(run), run.file, sandbox);
}

function timeoutIn(reason: unknown): number | null {
  if (typeof reason !== 'object' || reason === null || !('message' in reason)) return null;
  const milliseconds = timedOut.exec(String(reason.message))?.[1];
  return milliseconds === undefined ? null : Number(milliseconds);
}

type Begin = (args: readonly unknown[], place: TestRun['place']) => TestRun | null;

function replace(hooks: Hook[], { sandbox }: HookSight, begin: Begin): void {
  for (const [index, hook] of hooks.entries()) {
    if (seen.has(hook)) continue;
    const run = async (...args: unknown[]): Promise<unknown> => {
      const own: TestRun | null = begin(args, () => (own === null ? null : placeOf(own, sandbox)));
      if (own === null) return hook(...args);
      const stop = hook.name === withTimeout ? null : reportAtTimeout(own);
      try {
        return await inTest(own, () => hook(...args));
      } catch (reason) {
        reportTimeout(own, reason);
        throw reason;
      } finally {
        stop?.();
        endTest(own);
      }
    };
    hooks[index] = unseen(Object.assign(run, hook)); // vitest keeps on it what it needs of it
  }
}

/** The titles of the suites that a test or a suite is in, outermost first, and its own. */
export function titlesOf(task: VitestTask): readonly string[] {
  return task.suite === undefined ? [task.name] : [...titlesOf(task.suite), task.name];
}

/** The same as one name. */
export function nameOf(task: VitestTask): string {
  return titlesOf(task).join(' > ');
}
