// The tests of jest 29 and 30 in one process of it, by what its runner (jest-circus) keeps on the global object of a file of
// tests: the tree of its tests, whose functions are called as they stand there when they run.
import { isMainThread } from 'node:worker_threads';
import { complain } from '../runtime/complain.ts';
import { watchExit, whenRunnerIsDone } from './exit-watch.ts';
import { hideOwnFrames } from './own-frames.ts';
import { placeInStack } from './place.ts';
import { startRunner } from './start.ts';
import { beginFile, type TestFile } from './test-file.ts';
import { beginHook, beginTest, endTest, enterTest, knowTest, startTest, callbackIn, type TestRun } from './test-run.ts';
import { reportAtTimeout } from './timeout.ts';

export { expectNoPending } from './expect-no-pending.ts';

type Run = (this: unknown, ...args: unknown[]) => unknown;

interface Hook {
  readonly type: 'beforeAll' | 'afterAll' | 'beforeEach' | 'afterEach';
  readonly timeout?: number | null;
  readonly asyncError: unknown;
  fn: Run;
}

interface Block {
  readonly type: 'describeBlock';
  readonly name: string;
  readonly children: readonly (Block | Test)[];
  readonly hooks: Hook[];
  readonly parent?: Block;
}

interface Test {
  readonly type: 'test';
  readonly name: string;
  readonly timeout?: number;
  readonly asyncError: unknown;
  readonly parent: Block;
  fn?: Run;
}

/** What jest-circus keeps. */
interface State {
  readonly rootDescribeBlock: Block;
  readonly testTimeout: number;
  readonly currentlyRunningTest?: Test | null;
}

interface Sandbox {
  readonly beforeAll: (hook: () => void) => void;
  readonly afterAll: (hook: () => Promise<void>) => void;
  readonly expect?: { getState(): { readonly testPath?: string } };
  readonly Function: FunctionConstructor;
}

const runs = new WeakMap<Test, TestRun>();
let last: TestFile | null = null;

/** Sees the tests of the file whose global object this is. */
export function seeJest(sandbox: object): void {
  startRunner(sandbox);
  const state = stateOf(sandbox);
  if (state === null) {
    complain('tests of this runner of jest are not seen: it is not jest-circus');
    return;
  }
  const { beforeAll, afterAll, expect } = sandbox as Sandbox;
  const path = expect?.getState().testPath ?? '';
  const file = beginFile('jest');
  watchEnd(file);
  const own = ownHook(state().rootDescribeBlock, sandbox as Sandbox);
  // The first hook that runs: all tests and hooks are known by then. It is wrapped itself, so the last one is ours.
  beforeAll(() => {
    see(state().rootDescribeBlock, { state, path, own });
    endWithLastHook(state().rootDescribeBlock, file, path);
  });
  afterAll(async () => {}); // there is one
}

/** Jest that runs tests in its own process (`--runInBand`, or one file): it may not end. Workers are ended by it. */
function watchEnd(file: TestFile): void {
  if (last === null && isMainThread) {
    whenRunnerIsDone('readResultsAndExit', () => {
      if (last !== null) watchExit(last.beginning);
    });
  }
  last = file;
}

/** Null where jest keeps nothing there. It is asked anew: jest replaces it. */
function stateOf(sandbox: object): (() => State) | null {
  const key = Object.getOwnPropertySymbols(sandbox).find(({ description }) => description === 'JEST_STATE_SYMBOL');
  if (key === undefined) return null;
  return () => (sandbox as Readonly<Record<symbol, State>>)[key] as State;
}

/** The hook with which jest itself begins every test, to reset modules and mocks: it is there before any setup file runs. */
function ownHook({ hooks: [first] }: Block, { Function: ofTests }: Sandbox): Hook | undefined {
  return first?.type === 'beforeEach' && !(first.fn instanceof ofTests) ? first : undefined;
}

/** What is seen of a file of tests. */
interface Seen {
  readonly state: () => State;
  readonly path: string;
  readonly own: Hook | undefined;
}

function see(block: Block, seen: Seen): void {
  const { state, path, own } = seen;
  for (const hook of block.hooks) {
    if (hook !== own) hook.fn = watched(hook.fn, () => hookRun(hook, block, state, path));
  }
  for (const child of block.children) {
    if (child.type === 'describeBlock') see(child, seen);
    else if (child.fn !== undefined) {
      child.fn = watched(child.fn, () => startTest(runOf(child, true, state, path)));
    }
  }
}

/** The same with the same number of parameters, by which jest tells whether there is a callback. */
function like(original: Run, run: Run): Run {
  return Object.defineProperties(run, { length: { value: original.length }, name: { value: original.name } });
}

/** A function of a test or hook that runs in the context of its test, and is reported at its timeout. */
function watched(original: Run, begin: () => TestRun): Run {
  if (/^(?:Async)?Generator/.test(original.constructor.name)) return original; // jest runs it by itself
  return like(original, function (this: unknown, ...args) {
    const run = begin();
    const stop = reportAtTimeout(run);
    const over = (): void => {
      stop();
      endTest(run);
    };
    const failed = (error: unknown): void => {
      over();
      hideOwnFrames(error);
    };
    const [done] = args;
    if (typeof done === 'function') args[0] = callbackIn(run, done as Run, over);
    let result: unknown;
    const leave = enterTest(run);
    try {
      result = Reflect.apply(original, this, args);
    } catch (error) {
      failed(error);
      throw error;
    } finally {
      leave();
    }
    if (typeof done === 'function') return result;
    const { then } = (result ?? {}) as { readonly then?: unknown };
    if (typeof then === 'function') Reflect.apply(then, result, [over, failed]);
    else over();
    return result;
  });
}

/** A hook of the test that runs, or around all tests of a block. */
function hookRun(hook: Hook, block: Block, state: () => State, path: string): TestRun {
  const test = state().currentlyRunningTest;
  const name = `${hook.type} hook`;
  const timeoutMs = hook.timeout ?? state().testTimeout;
  const place = placeOf(hook.asyncError, path);
  if (test !== undefined && test !== null) {
    return beginHook(runOf(test, hook.type === 'beforeEach', state, path), { name, timeoutMs, place });
  }
  const suite = block.parent === undefined ? '' : `${nameOf(block)} > `;
  return beginTest({ runner: 'jest', file: path, name: `${suite}${name}`, timeoutMs, place });
}

/** The run of a test; a new one if it is about to begin, and has been run already. */
function runOf(test: Test, isAhead: boolean, state: () => State, path: string): TestRun {
  const known = runs.get(test);
  if (known !== undefined && !(isAhead && known.endedAt !== null)) return known;
  const run = knowTest({
    runner: 'jest',
    file: path,
    name: nameOf(test),
    place: placeOf(test.asyncError, path),
    timeoutMs: test.timeout ?? state().testTimeout,
  });
  runs.set(test, run);
  return run;
}

function placeOf(error: unknown, path: string): TestRun['place'] {
  return () => placeInStack(error, path, globalThis);
}

function nameOf({ name, parent }: Test | Block): string {
  return parent === undefined || parent.parent === undefined ? name : `${nameOf(parent)} > ${name}`;
}

/** Looks what is left after the last of the hooks that run after all tests. */
function endWithLastHook({ hooks }: Block, file: TestFile, path: string): void {
  const final = hooks.findLast(({ type }) => type === 'afterAll');
  if (final === undefined) return;
  const { fn: original } = final;
  final.fn = like(original, function (this: unknown, ...args) {
    const [done] = args;
    if (typeof done === 'function') {
      const told = (...values: unknown[]): void => {
        const end = async (): Promise<void> => {
          await file.end(path);
          Reflect.apply(done, undefined, values);
        };
        void end();
      };
      return Reflect.apply(original, this, [Object.assign(told, done)]);
    }
    const result = Reflect.apply(original, this, []);
    return (async () => {
      try {
        await result;
      } finally {
        await file.end(path);
      }
    })();
  });
}
