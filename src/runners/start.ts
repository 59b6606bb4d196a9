// Starts in a thread of a test runner what its tests need: the registry, the hook on libraries, and a watch on the loop.
import { isMainThread } from 'node:worker_threads';
import { startHook } from '../../instrumentation/hook.ts';
import { readConfig, type Config } from '../config.ts';
import { startWatchdog, watchedLoop } from '../loop/watchdog.ts';
import { startHandles } from '../process/handles.ts';
import { keepPromises } from '../process/kept-promises.ts';
import { setLoopSource } from '../process/loop-source.ts';
import { setTestSource } from '../process/test-source.ts';
import { complain } from '../runtime/complain.ts';
import { startRegistry } from '../subscribers/registry.ts';
import { entryOf, runningTest, setKeptPromises, setTestGlobal } from './test-run.ts';
import { prepareReports, reportNow } from './timeout.ts';

const startedKey = Symbol.for('loopscope.started');
const own = /^loopscope\./;
/** What keeps the loop is looked at from this share of the time on after which it is reported, four times. */
const lookAt = 0.2;
let isStarted = false;

/**
 * Starts it, once per thread, and shares it with copies of loopscope that the tests load in a context of their own.
 * Whatever fails is said in one line, and the tests run on.
 * @param sandbox the global object of the tests
 */
export function startRunner(sandbox: object = globalThis): void {
  setTestGlobal(sandbox);
  try {
    if (!isStarted) startOnce(readConfig());
    share(sandbox);
  } catch (error) {
    complain('tests are not seen', error);
  }
  isStarted = true;
}

function startOnce(config: Config): void {
  startRegistry();
  if (config.testKeep) setKeptPromises(keepPromises());
  else prepareReports();
  const underRun = Object.hasOwn(globalThis, startedKey);
  if (!underRun && !config.disable.includes('all')) startHook({ disabled: config.disable });
  if (!underRun) startHandles({ exact: config.handles, atExit: false, counts: false });
  setTestSource(() => {
    const run = runningTest();
    return run === null ? null : entryOf(run, 'blocked');
  });
  if (config.watchdog && config.loop) watchTests(config, underRun);
}

/** A loop that does not return. What else blocks it, and how busy it is, is in no report of a test: only `run` looks for it. */
function watchTests(config: Config, underRun: boolean): void {
  const afterMs = config.stuckAfterMs ?? config.testBlockedAfterMs;
  if (underRun && isMainThread) {
    startWatchdog({ thresholdMs: config.blockThresholdMs }).reportStuckAfter(afterMs);
    return;
  }
  const exitCode = config.stuckExit ? 70 : null;
  const stuck = { afterMs, exitCode, askedFile: null, lastResort: null, eager: true, give: giveBlocked };
  startWatchdog({ thresholdMs: afterMs * lookAt, stuck });
  if (underRun) return;
  setLoopSource(() => ({ statistics: null, blocks: [], droppedBlocks: 0, ...watchedLoop() }));
}

/** Called in the middle of what blocks the loop, in an interrupt. */
function giveBlocked(): boolean {
  const run = runningTest();
  if (run === null) return false; // files are loaded
  reportNow(run, 'blocked');
  return true;
}

/** Copies of loopscope in another realm have the registry, the contexts and the ids of this one. */
function share(sandbox: object): void {
  if (sandbox === globalThis) return;
  for (const key of Object.getOwnPropertySymbols(globalThis)) {
    if (!own.test(Symbol.keyFor(key) ?? '') || key === startedKey || Object.hasOwn(sandbox, key)) continue;
    Object.defineProperty(sandbox, key, Object.getOwnPropertyDescriptor(globalThis, key) as PropertyDescriptor);
  }
}
