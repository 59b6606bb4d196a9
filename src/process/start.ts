// Starts loopscope in a process: the registry, reports at exit and on signals, and the export of telemetry if it is wanted.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread, threadId } from 'node:worker_threads';
import { startHook } from '../../instrumentation/hook.ts';
import { areAnswersAsked, readConfig, type Config } from '../config.ts';
import type { Reason } from '../report/format.ts';
import { isUnsettled } from '../report/worth.ts';
import { isDrained, watchDrained } from './drained.ts';
import { beforeEndBy, beforeEvent } from './events.ts';
import { inInterrupt, startHandles } from './handles.ts';
import { gatherHistory } from './history.ts';
import { watchIdle } from './idle.ts';
import type { MetricsSources } from './metrics.ts';
import type { Profiling } from './profile.ts';
import { RunDirectory } from './run-directory.ts';
import { complain } from '../runtime/complain.ts';
import { asOwnTime } from '../runtime/own-time.ts';
import { rootTask } from '../runtime/context.ts';
import { load } from '../runtime/load.ts';
import { outside } from '../runtime/outside.ts';
import { setTimeout } from '../runtime/real-timers.ts';
import { startLoop, type Loop } from './loop.ts';
import { keepPromises } from './kept-promises.ts';
import { listenForSignals } from './signals.ts';
import type { RunRecorder } from './record.ts';
import type { Telemetry } from './telemetry.ts';
import { startRegistry } from '../subscribers/registry.ts';
import { hasTests } from './test-source.ts';
import { handleStuck, type StuckSources } from './stuck.ts';
import { answerMainThread, askThreads, watchThreads } from './threads.ts';

const flushBeforeEndMs = 1000;
/** What a program makes at first is held while it is pending: it may end because nobody settles that. */
const firstPromises = { mostMade: 20_000, mostKept: 1000 };
const firstMs = 60_000;
// Ctrl-C has a report under the supervisor, before which all is written.
const endingUnderSupervisor = ['SIGTERM', 'SIGHUP'] as const;
const ending = [...endingUnderSupervisor, 'SIGINT'] as const;
const key = Symbol.for('loopscope.started');

/** Starts everything, once per thread. Whatever fails is said in one line, and the program runs on. */
export function start(): void {
  const slot = globalThis as Record<symbol, unknown>;
  const folder = dirname(fileURLToPath(import.meta.url));
  if (slot[key] !== undefined) {
    complain(`loopscope/register is loaded a second time, from ${folder}: ignored`);
    return;
  }
  slot[key] = folder;
  try {
    startWith(readConfig());
  } catch (error) {
    complain('could not start, the program runs without it', error);
  }
}

/** Null if nothing can be exported: that is said in one line, and all else goes on. */
function exportTelemetry(sources: MetricsSources): Telemetry | null {
  try {
    const { startTelemetry } = load(import.meta.url, './telemetry') as typeof import('./telemetry.ts');
    return startTelemetry(sources, sources.runDirectory === null ? ending : endingUnderSupervisor);
  } catch (error) {
    complain('no spans', error);
    return null;
  }
}

/** What fails is said in one line, and all else goes on. */
function exportFromThread(): void {
  try {
    const threads = load(import.meta.url, './thread-telemetry') as typeof import('./thread-telemetry.ts');
    threads.startThreadTelemetry();
  } catch (error) {
    complain('no spans of a worker thread', error);
  }
}

/** Null if the loop cannot be observed: that is said in one line, and all else goes on. */
function observeLoop(sources: StuckSources): Loop | null {
  const { watchdog, blockThresholdMs, profile: path, record } = sources.config;
  try {
    return startLoop({
      watchdog: watchdog && isMainThread,
      isProfiled: path !== null || record !== null,
      thresholdMs: blockThresholdMs,
      stuck: handleStuck(sources),
    });
  } catch (error) {
    complain('the event loop is not observed', error);
    return null;
  }
}

/** Null if there can be no profile: that is said in one line, and all else goes on. */
function profile(path: string, directory: RunDirectory | null): Profiling | null {
  try {
    const { startProfile } = load(import.meta.url, './profile') as typeof import('./profile.ts');
    const profiling = startProfile({ path, isFirst: directory?.supervisor === process.ppid });
    const signals = directory === null ? ending : endingUnderSupervisor;
    if (isMainThread) for (const signal of signals) beforeEndBy(signal, () => profiling.finish());
    return profiling;
  } catch (error) {
    complain('no CPU profile', error);
    return null;
  }
}

/** Null if nothing can be recorded: that is said in one line, and all else goes on. */
function recordRun(directory: RunDirectory, isDeep: boolean, loop: Loop | null): RunRecorder | null {
  try {
    const { startRecording } = load(import.meta.url, './record') as typeof import('./record.ts');
    return startRecording(directory, isDeep, loop);
  } catch (error) {
    complain('the run is not recorded', error);
    return null;
  }
}

/** If that fails, it is said in one line, and all else goes on. */
function seeLibraries(disabled: readonly string[]): void {
  if (disabled.includes('all')) return;
  try {
    startHook({ disabled });
  } catch (error) {
    complain('libraries are not visible', error);
  }
}

/** Returns whether there is anything to say of what is over. If that fails, it is said in one line, and all else goes on. */
function remember(blockingCalls: boolean): () => boolean {
  try {
    return gatherHistory(blockingCalls);
  } catch (error) {
    complain('rules about what is over know nothing', error);
    return () => false;
  }
}

/** If that fails, it is said in one line, and all else goes on. */
function keepFirstPromises(): void {
  try {
    const kept = keepPromises(firstPromises);
    kept.want(true);
    outside(() => setTimeout(() => kept.stop(), firstMs)).unref();
  } catch (error) {
    complain('what a program that ends too early awaits may not be found', error);
  }
}

function startWith(config: Config): void {
  const directory = config.runDirectory === null ? null : new RunDirectory(config.runDirectory);
  if (directory?.isOver() === true) return; // outlived by a daemon that it started: nobody asks any more
  if (config.debug) {
    const { prepareDebug } = load(import.meta.url, './debug-mode') as typeof import('./debug-mode.ts');
    prepareDebug(true, config.loop && config.watchdog ? config.blockThresholdMs : null);
  }
  const registry = startRegistry();
  startHandles({ exact: config.handles, atExit: config.why !== null, counts: true });
  const isRemarkable = remember(config.blockingCalls);
  seeLibraries(config.disable);
  let endsStuck = false;
  let reporting = false;
  const giveStuck = (reason: Reason): boolean => {
    if (reporting) return false; // what blocks the loop is our own report
    askThreads(reason);
    inInterrupt(() => give(reason));
    endsStuck = reason === 'stuck' && config.stuckExit;
    if (endsStuck) directory?.markStuck(process.pid);
    return true;
  };
  const pending = (): number => registry.snapshot().tasks.length;
  const loop = config.loop ? observeLoop({ config, directory, pending, give: giveStuck }) : null;
  const profiling = config.profile === null ? null : profile(config.profile, directory);
  const recorder =
    config.record === null || directory === null ? null : recordRun(directory, config.record === 'deep', loop);
  const self = { pid: process.pid, threadId };
  let telemetry: Telemetry | null = null;
  let interrupted = false;
  let saidWhy = false;
  /** Of why the process does not end: once, and at the end only that it has ended, which threads do all the time. */
  const isWorthSaying = (reason: Reason): boolean => {
    if (reason === 'exit') return isMainThread && (isDrained() || !saidWhy);
    if (reason === 'interrupt' && saidWhy) return false;
    saidWhy = true;
    return true;
  };
  const give = (reason: Reason, exitCode: number | null = null): void => {
    if (recorder !== null) return recorder.finish(); // all that anybody wants
    const isPending = registry.snapshot().tasks.length > 0 || rootTask.waits !== null;
    if (config.why !== null && !isWorthSaying(reason)) return;
    const nothing =
      config.why === null &&
      !areAnswersAsked() &&
      !isPending &&
      loop?.wasBlocked() !== true &&
      !isUnsettled({ exitCode, isDrained: isDrained() }) &&
      profiling === null &&
      !isRemarkable();
    if ((nothing && reason === 'exit') || directory?.isOver() === true) return;
    reporting = true;
    if (reason === 'timeout') profiling?.finish(); // once it has reported, it is ended
    directory?.ask(process.pid, null); // this is the answer
    try {
      const { giveReport } = load(import.meta.url, './give-report') as typeof import('./give-report.ts');
      asOwnTime(() => giveReport(reason, exitCode, config, directory));
    } catch (error) {
      complain('a report was lost', error);
    } finally {
      reporting = false;
    }
  };

  if (isMainThread) keepFirstPromises();
  watchDrained();
  beforeEvent('exit', (code) => {
    loop?.leave();
    profiling?.finish();
    telemetry?.leave();
    if (recorder !== null) recorder.finish();
    else if (!interrupted && !hasTests() && !endsStuck && directory?.isTimeout() !== true) give('exit', Number(code));
    directory?.leave(self);
  });
  if (!isMainThread) {
    answerMainThread((reason) => give(reason));
    directory?.join(self);
    if (config.telemetry?.hasSpans === true) exportFromThread();
    return;
  }
  watchThreads((ended) => directory?.leave({ pid: process.pid, threadId: ended }));
  listenForSignals(directory, {
    async report(reason) {
      interrupted ||= reason === 'interrupt';
      askThreads(reason);
      if (reason === 'timeout') await telemetry?.flush(flushBeforeEndMs / 2); // once it has reported, it is ended
      give(reason);
      if (reason === 'interrupt' && recorder !== null) await recorder.untilAllHave(); // threads end with the process
      if (reason === 'interrupt') await telemetry?.flush(flushBeforeEndMs);
    },
    ending: () => profiling?.finish(),
    isRecorded: recorder !== null,
    leave: () => loop?.leave(),
  });
  directory?.join(self); // now: who has joined is asked by a signal that would end it
  if (config.why !== null) {
    watchIdle(config.why, () => {
      askThreads('idle');
      give('idle');
    });
  }
  const { telemetry: wanted, runDirectory, blockThresholdMs } = config;
  if (wanted === null) return;
  telemetry = exportTelemetry({ config: wanted, runDirectory, blockThresholdMs, loop: () => loop?.read() ?? null });
}
