// The tests of vitest 3 to 5 in one thread of it: each runs in a context of its own, with its hooks where vitest allows it.
import { beginFile } from './test-file.ts';
import { placeInStack } from './place.ts';
import { startRunner } from './start.ts';
import { beginTest, endTest, inTest } from './test-run.ts';
import { reportNow } from './timeout.ts';

export { expectNoPending } from './expect-no-pending.ts';

/** What we use of `vitest`. */
export interface VitestApi {
  readonly aroundEach?: (hook: (run: () => Promise<void>, context: VitestContext) => Promise<void>) => void;
  readonly aroundAll?: (hook: (run: () => Promise<void>) => Promise<void>) => void;
  readonly beforeEach: (hook: (context: VitestContext) => void) => void;
  readonly afterAll: (hook: () => Promise<void>) => void;
}

/** What we use of `vitest/suite`, which vitest 5 does not have any more. */
export interface VitestSuite {
  readonly getFn: (task: VitestTask) => () => Promise<void>;
  readonly setFn: (task: VitestTask, run: () => Promise<void>) => void;
}

interface VitestContext {
  readonly task: VitestTask;
  readonly signal?: AbortSignal;
}

interface VitestTask {
  readonly name: string;
  readonly timeout?: number;
  readonly file: { readonly filepath: string };
  readonly suite?: VitestTask;
  readonly location?: { readonly line: number; readonly column: number };
}

const timedOut = /^(Test|Hook) timed out in /;
const functions = new WeakMap<VitestTask, () => Promise<void>>();

/** Called for each file of tests. */
export function seeVitest(api: VitestApi, suite: VitestSuite | null, sandbox: object): void {
  startRunner(sandbox);
  // Vitest reads from the text of a hook what it wants of the context.
  if (suite === null) {
    api.aroundEach?.((run, { task, signal }) => runTest(task, signal, run, sandbox));
  } else {
    api.beforeEach(({ task, signal }) => {
      const run = functions.get(task) ?? suite.getFn(task); // a retry has the one that was set before
      functions.set(task, run);
      suite.setFn(task, () => runTest(task, signal, run, sandbox));
    });
  }
  const file = beginFile('vitest');
  if (api.aroundAll === undefined) api.afterAll(() => file.end(''));
  else
    api.aroundAll(async (run) => {
      try {
        await run();
      } finally {
        await file.end('');
      }
    });
}

async function runTest(
  task: VitestTask,
  signal: AbortSignal | undefined,
  run: () => Promise<void>,
  sandbox: object,
): Promise<void> {
  let error: unknown;
  const test = beginTest({
    runner: 'vitest',
    file: task.file.filepath,
    name: nameOf(task),
    place: () => task.location ?? placeInStack(error, task.file.filepath, sandbox),
    timeoutMs: task.timeout ?? null,
  });
  const report = (reason: unknown): void => {
    if (
      !(typeof reason === 'object' && reason !== null && 'message' in reason && timedOut.test(String(reason.message)))
    )
      return;
    error = reason;
    reportNow(test, 'timed out');
  };
  // The first listener: nothing of the test's own has been told yet.
  signal?.addEventListener('abort', () => report(signal.reason), { once: true });
  try {
    await inTest(test, run);
  } catch (reason) {
    report(reason);
    throw reason;
  } finally {
    endTest(test);
  }
}

function nameOf(task: VitestTask): string {
  return task.suite === undefined ? task.name : `${nameOf(task.suite)} > ${task.name}`;
}
